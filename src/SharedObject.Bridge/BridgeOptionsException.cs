using System;

namespace SharedObjects.Bridging;

/// <summary>An option of a bridge is not as it must be.</summary>
public sealed class BridgeOptionsException : Exception
{
    internal BridgeOptionsException(string option, string message, Exception? inner = null)
        : base(message, inner) => Option = option;

    /// <summary>The member of <see cref="BridgeOptions"/>.</summary>
    public string Option { get; }
}
