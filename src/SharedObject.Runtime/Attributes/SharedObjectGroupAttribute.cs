using System;

namespace SharedObjects;

/// <summary>
/// Makes a partial record, record struct, class or struct a group of shared objects: each member is an object of its own, whose
/// name is the group's name, an underscore and the member's key (its name in snake_case, unless a <see cref="KeyAttribute"/>
/// says otherwise). The source generator adds a <c>Group</c> of handles, and <c>Open</c>, <c>Create</c>, <c>OpenOrCreate</c>
/// and <c>Publish</c>, which return one.
/// </summary>
/// <remarks>
/// The members are objects for themselves: each is fetched and assigned as one, but what was fetched from one may be newer than
/// what was fetched from another. Members that must belong together belong in one object, a schema
/// (<see cref="SharedObjectAttribute"/>).
/// </remarks>
/// <param name="name">
/// What the names of all objects of the group begin with. Each generated method also takes another name, for a second robot.
/// </param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class SharedObjectGroupAttribute(string name) : Attribute
{
    /// <summary>What the names of all objects of the group begin with, unless another is given.</summary>
    public string Name { get; } = name;

    /// <summary>
    /// The capacity of every <c>str</c>, <c>bytes</c> and <c>bytearray</c> member without a <see cref="CapacityAttribute"/>, in
    /// bytes: the <c>init_size</c> that Python peers pass (100 unless they say so).
    /// </summary>
    public int InitSize { get; set; } = Wire.BytesArea.DefaultInitSize;
}
