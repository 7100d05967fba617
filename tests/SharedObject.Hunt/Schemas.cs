using System.Globalization;

namespace SharedObjects.Hunt;

/// <summary>A small object of several members: it is copied to the stack, checked, and decoded then.</summary>
[SharedObject("so-test-hunt-small")]
internal readonly partial record struct SmallState(
    long First, [Capacity(SmallState.TextLength)] string Text, [Shape(SmallState.Words)] ulong[] Middle, long Last) : IHuntState<SmallState>
{
    internal const int Words = 12, TextLength = 20;

    public static SmallState Make(ulong sequence)
    {
        ulong[] words = new ulong[Words];
        Pattern.Fill(words, sequence, 1);
        return new SmallState((long)Pattern.Word(sequence, 0), StateText.Of(sequence), words, (long)Pattern.Word(sequence, Words + 1));
    }

    public static bool IsWhole(in SmallState state, out ulong sequence)
    {
        sequence = Pattern.SequenceOf((ulong)state.First);
        return StateText.Is(state.Text, sequence) && Pattern.Is(state.Middle, sequence, 1) && (ulong)state.Last == Pattern.Word(sequence, Words + 1);
    }
}

/// <summary>A large one: it is decoded in place, and what came of it is thrown away if a write came between.</summary>
[SharedObject("so-test-hunt-large")]
internal sealed partial record LargeState(
    long First, [Capacity(SmallState.TextLength)] string Text, [Shape(LargeState.Words)] ulong[] Middle, long Last) : IHuntState<LargeState>
{
    internal const int Words = 20_000;

    public static LargeState Make(ulong sequence)
    {
        ulong[] words = new ulong[Words];
        Pattern.Fill(words, sequence, 1);
        return new LargeState((long)Pattern.Word(sequence, 0), StateText.Of(sequence), words, (long)Pattern.Word(sequence, Words + 1));
    }

    public static bool IsWhole(in LargeState state, out ulong sequence)
    {
        sequence = Pattern.SequenceOf((ulong)state.First);
        return StateText.Is(state.Text, sequence) && Pattern.Is(state.Middle, sequence, 1) && (ulong)state.Last == Pattern.Word(sequence, Words + 1);
    }
}

/// <summary>What the hunt asks of a schema.</summary>
internal interface IHuntState<T>
{
    static abstract T Make(ulong sequence);

    static abstract bool IsWhole(in T state, out ulong sequence);
}

/// <summary>The text of a state: its sequence in decimal, always as long.</summary>
internal static class StateText
{
    internal static string Of(ulong sequence) => sequence.ToString("D20", CultureInfo.InvariantCulture);

    internal static bool Is(string text, ulong sequence) => text == Of(sequence);
}
