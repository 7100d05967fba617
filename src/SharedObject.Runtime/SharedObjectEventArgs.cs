using System;

namespace SharedObjects;

/// <summary>Tells what has happened to an object.</summary>
/// <param name="name">The object's name.</param>
/// <param name="kind">What has happened.</param>
public sealed class SharedObjectEventArgs(string name, SharedObjectEventKind kind) : EventArgs
{
    /// <summary>The object's name.</summary>
    public string Name { get; } = name;

    /// <summary>What has happened.</summary>
    public SharedObjectEventKind Kind { get; } = kind;
}
