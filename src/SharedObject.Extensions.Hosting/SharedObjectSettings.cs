using System;
using System.IO;

namespace SharedObjects.Hosting;

/// <summary>
/// <see cref="SharedObjectOptions"/> that configuration can set: of all objects of a host, or, as named options, of the object of that
/// name. What is not set is as in <see cref="SharedObjectOptions.Default"/>.
/// </summary>
/// <example><c>services.Configure&lt;SharedObjectSettings&gt;("arm_state", settings => settings.ReadOnly = true);</c></example>
public sealed class SharedObjectSettings
{
    private static SharedObjectOptions Default => SharedObjectOptions.Default;

    /// <inheritdoc cref="SharedObjectOptions.LockTimeout"/>
    public TimeSpan LockTimeout { get; set; } = Default.LockTimeout;

    /// <inheritdoc cref="SharedObjectOptions.MountTimeout"/>
    public TimeSpan MountTimeout { get; set; } = Default.MountTimeout;

    /// <inheritdoc cref="SharedObjectOptions.InitSize"/>
    public int InitSize { get; set; } = Default.InitSize;

    /// <inheritdoc cref="SharedObjectOptions.LockFreeReads"/>
    public bool LockFreeReads { get; set; } = Default.LockFreeReads;

    /// <inheritdoc cref="SharedObjectOptions.Adopt"/>
    public bool Adopt { get; set; } = Default.Adopt;

    /// <inheritdoc cref="SharedObjectOptions.WaitStrategy"/>
    public WaitStrategy WaitStrategy { get; set; } = Default.WaitStrategy;

    /// <inheritdoc cref="SharedObjectOptions.SpinTime"/>
    public TimeSpan SpinTime { get; set; } = Default.SpinTime;

    /// <inheritdoc cref="SharedObjectOptions.LongestPollStep"/>
    public TimeSpan LongestPollStep { get; set; } = Default.LongestPollStep;

    /// <inheritdoc cref="SharedObjectOptions.Remount"/>
    public bool Remount { get; set; } = Default.Remount;

    /// <inheritdoc cref="SharedObjectOptions.Republish"/>
    public bool Republish { get; set; } = Default.Republish;

    /// <inheritdoc cref="SharedObjectOptions.UnixFileMode"/>
    /// <remarks>In configuration by names: <c>"UserRead, UserWrite, GroupRead"</c>.</remarks>
    public UnixFileMode UnixFileMode { get; set; } = Default.UnixFileMode;

    /// <inheritdoc cref="SharedObjectOptions.ReadOnly"/>
    public bool ReadOnly { get; set; } = Default.ReadOnly;

    /// <exception cref="ArgumentOutOfRangeException">A value that the options refuse.</exception>
    internal SharedObjectOptions ToOptions() => new()
    {
        LockTimeout = LockTimeout,
        MountTimeout = MountTimeout,
        InitSize = InitSize,
        LockFreeReads = LockFreeReads,
        Adopt = Adopt,
        WaitStrategy = WaitStrategy,
        SpinTime = SpinTime,
        LongestPollStep = LongestPollStep,
        Remount = Remount,
        Republish = Republish,
        UnixFileMode = UnixFileMode,
        ReadOnly = ReadOnly,
    };
}
