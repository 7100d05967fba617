using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace SharedObjects.Wire;

/// <summary>The layout of a schema, as its generated code has it: the table in the type's documentation, at run time.</summary>
/// <remarks>
/// <para>
/// Two schemas have the same <see cref="Hash"/> exactly when they have the same layout (up to one chance in 2^64): it is a
/// quick way to make sure that two builds, or two programs, mean the same object. Names of types and members do not count.
/// </para>
/// <para>
/// The hash is FNV-1a (64 bits, offset basis 0xCBF29CE484222325, prime 0x100000001B3) over the UTF-8 bytes of a text that
/// says all there is to the layout, without spaces:
/// </para>
/// <list type="bullet">
/// <item><c>bool</c>, <c>int</c>, <c>float</c>, <c>complex</c>, <c>Pose</c>: that word;</item>
/// <item><c>str</c>, <c>bytes</c>, <c>bytearray</c>: the word and the capacity, as in <c>str(100)</c>;</item>
/// <item>a tuple: its elements in order between parentheses, separated by commas, as in <c>(int,str(100))</c>;</item>
/// <item>a list or set: the word, how many elements it has room for, and an element: <c>list(10)[float]</c>;</item>
/// <item>an ndarray: numpy's name of its dtype and the shape, as in <c>uint8[480,848,3]</c>;</item>
/// <item>
/// a dict: its items in order between braces, separated by commas, each as the key's length in bytes of UTF-8, a colon, the key
/// itself, the key's capacity in parentheses, an equals sign and the value: <c>{2:ok(100)=bool,4:qpos(100)=float64[7]}</c>.
/// </item>
/// </list>
/// </remarks>
public sealed class SchemaLayout
{
    private readonly SchemaMember[] _members;

    /// <summary>For generated code.</summary>
    /// <param name="bufferSize">The size of the object.</param>
    /// <param name="hash">The hash of the layout.</param>
    /// <param name="members">The members, in the order of the object.</param>
    public SchemaLayout(int bufferSize, ulong hash, params ReadOnlySpan<SchemaMember> members)
    {
        BufferSize = bufferSize;
        Hash = hash;
        _members = members.ToArray();
        Members = Array.AsReadOnly(_members);
    }

    /// <summary>The size of the object in bytes, header included: Python's <c>buf_size</c>.</summary>
    public int BufferSize { get; }

    /// <summary>A hash of the layout that is the same in every process and every build; the remarks say of what.</summary>
    public ulong Hash { get; }

    /// <summary>The members, in the order of the object.</summary>
    public IReadOnlyList<SchemaMember> Members { get; }

    /// <summary>The table, a line a member.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{BufferSize} bytes, hash {Hash:x16}");
        foreach (SchemaMember member in _members)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{member.Offset,10} {member.Size,10}  {member.Name}");
            text.Append(member.Key is null ? "" : $" \"{member.Key}\"").Append(": ").Append(member.WireType);
        }

        return text.ToString();
    }
}
