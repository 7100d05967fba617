using System;
using SharedObjects.Hunt;

namespace SharedObjects.Stress;

/// <summary>A handle of an object whose values show by themselves whether they are whole.</summary>
internal abstract class Target : IDisposable
{
    /// <summary>The kinds of objects: arrays of so many words, and a record.</summary>
    internal static readonly string[] Kinds = ["8", "500", "40000", "state"];

    internal abstract SharedHandle Handle { get; }

    internal static Target Open(string name, string kind, SharedObjectOptions? options = null) => kind == "state"
        ? new StateTarget(SharedObject.Open(name, SmallState.Codec, options))
        : new ArrayTarget(SharedArray<ulong>.Open(name, options));

    internal static Target Create(string name, string kind, ulong sequence) => kind == "state"
        ? new StateTarget(SharedObject.Create(name, SmallState.Make(sequence), SmallState.Codec))
        : new VectorTarget(SharedObject.Create(name, Words(kind, sequence)));

    /// <summary>Mounts the object, or makes it with a value.</summary>
    internal static Target OpenOrCreate(string name, string kind, ulong sequence) => kind == "state"
        ? new StateTarget(SharedObject.OpenOrCreate(name, SmallState.Make(sequence), SmallState.Codec))
        : new VectorTarget(SharedObject.OpenOrCreate(name, Words(kind, sequence)));

    /// <summary>The value of an array.</summary>
    internal static ulong[] Words(string kind, ulong sequence)
    {
        ulong[] words = new ulong[int.Parse(kind, System.Globalization.CultureInfo.InvariantCulture)];
        Pattern.Fill(words, sequence);
        return words;
    }

    internal abstract void Assign(ulong sequence);

    /// <summary>Fetches, and says whether what came is one whole value, and which.</summary>
    internal abstract bool Read(out ulong sequence);

    /// <summary>Changes the value in place; throws half-way if told to.</summary>
    internal abstract void Update(ulong sequence, bool throws);

    public void Dispose() => Handle.Dispose();

    private sealed class ArrayTarget(SharedArray<ulong> array) : Target
    {
        private readonly ulong[] _words = new ulong[array.Length];

        internal override SharedHandle Handle => array;

        internal override void Assign(ulong sequence)
        {
            Pattern.Fill(_words, sequence);
            array.Assign(_words);
        }

        internal override bool Read(out ulong sequence)
        {
            array.FetchInto(_words);
            sequence = Pattern.SequenceOf(_words[0]);
            return Pattern.Is(_words, sequence);
        }

        internal override void Update(ulong sequence, bool throws) => array.Update(view =>
        {
            Span<ulong> words = view.GetSpan([0], (int)view.FlattenedLength);
            Pattern.Fill(throws ? words[..(words.Length / 2)] : words, sequence);
            if (throws)
            {
                throw new GaveUpException();
            }
        });
    }

    private sealed class VectorTarget(SharedObject<ulong[]> handle) : Target
    {
        private const int ElementsOffset = 26; // of an array of one dimension

        private ulong[] _words = [];

        internal override SharedHandle Handle => handle;

        internal override void Assign(ulong sequence)
        {
            ulong[] words = new ulong[(handle.Layout.BufferSize - ElementsOffset) / sizeof(ulong)];
            Pattern.Fill(words, sequence);
            handle.Assign(words);
        }

        internal override bool Read(out ulong sequence)
        {
            handle.FetchInto(ref _words);
            sequence = Pattern.SequenceOf(_words[0]);
            return Pattern.Is(_words, sequence);
        }

        internal override void Update(ulong sequence, bool throws) => handle.UpdateInPlace(
            (sequence, throws),
            static (bytes, in context, state) =>
            {
                Span<byte> words = bytes[ElementsOffset..];
                Pattern.Fill(state.throws ? words[..(words.Length / 16 * 8)] : words, state.sequence, 0);
                if (state.throws)
                {
                    throw new GaveUpException();
                }
            });
    }

    private sealed class StateTarget(SharedObject<SmallState> handle) : Target
    {
        internal override SharedHandle Handle => handle;

        internal override void Assign(ulong sequence) => handle.Assign(SmallState.Make(sequence));

        internal override bool Read(out ulong sequence) => SmallState.IsWhole(handle.Fetch(), out sequence);

        internal override void Update(ulong sequence, bool throws) => handle.UpdateInPlace(
            (SmallState.Make(sequence), throws),
            static (bytes, in context, state) =>
            {
                SmallState.Codec.Write(state.Item1, bytes, context);
                if (state.throws)
                {
                    throw new GaveUpException(); // of a private copy: nothing was written
                }
            });
    }
}

/// <summary>What an update throws that is meant to.</summary>
internal sealed class GaveUpException : Exception;
