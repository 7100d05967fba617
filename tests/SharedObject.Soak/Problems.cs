using System;
using System.Collections.Concurrent;

namespace SharedObjects.Soak;

/// <summary>What has gone wrong so far.</summary>
internal sealed class Problems
{
    private const int Most = 50; // told; one mistake repeats itself

    private readonly ConcurrentQueue<string> _texts = [];

    internal int Count => _texts.Count;

    internal void Add(string text)
    {
        _texts.Enqueue(text);
        if (_texts.Count <= Most)
        {
            Console.WriteLine($"PROBLEM {text}");
        }
    }

    /// <summary>Tells what is wrong unless it is as it should be.</summary>
    internal void Expect(bool isRight, string text)
    {
        if (!isRight)
        {
            Add(text);
        }
    }
}
