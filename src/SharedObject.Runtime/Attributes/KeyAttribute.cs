using System;

namespace SharedObjects;

/// <summary>The dict key of a member, where it is not the member's name in snake_case.</summary>
/// <param name="name">The key as Python writes it.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class KeyAttribute(string name) : Attribute
{
    /// <summary>The key as Python writes it.</summary>
    public string Name { get; } = name;
}
