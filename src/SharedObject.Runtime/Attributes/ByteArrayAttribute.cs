using System;

namespace SharedObjects;

/// <summary>Makes a <c>byte[]</c> member a Python <c>bytearray</c>; without it, it is <c>bytes</c>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class ByteArrayAttribute : Attribute;
