using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.DependencyInjection;
using SharedObjects.Hosting.Tests.Support;
using SharedObjects.Tests.Support;

namespace SharedObjects.Hosting.Tests;

/// <summary>Processes that say that they are ready, to and from Python ones (tests/peer/ready.py).</summary>
public sealed class ProcessReadyTests : HostTest
{
    // What a test that works never waits for.
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("signal")]
    [InlineData("signal_plain")]
    public async Task A_Python_process_says_so_while_we_wait(string how)
    {
        using var child = new Child(how);
        Task waiting = ProcessReady.WaitAsync(child.Process, s_long);
        Assert.True(SharedObject.Exists(child.Trigger)); // from the call on, as real_robot's signal leaves nothing behind
        Assert.False(waiting.IsCompleted);
        child.Go();
        await waiting;
        Assert.False(SharedObject.Exists(child.Trigger));
        Assert.False(child.Process.HasExited);
    }

    [Fact]
    public async Task A_process_may_have_said_so_before_and_have_ended()
    {
        using (var child = new Child("signal"))
        {
            child.Go();
            Assert.Equal("signalled", await child.Process.StandardOutput.ReadLineAsync());
            await ProcessReady.WaitAsync(child.Process.Id);
            Assert.False(SharedObject.Exists(child.Trigger));
        }

        using var ended = new Child("signal");
        SharedTrigger.OpenOrCreate(ended.Trigger).Dispose(); // its tracker leaves alone what it has not made
        ended.Go();
        Assert.Equal("signalled", await ended.Process.StandardOutput.ReadLineAsync());
        ended.End();
        await ProcessReady.WaitAsync(ended.Process);
        Assert.False(SharedObject.Exists(ended.Trigger));
    }

    [Fact]
    public async Task A_process_that_ends_before_is_an_error_at_once()
    {
        using var child = new Child("die", "3");
        Task waiting = ProcessReady.WaitAsync(child.Process, s_long);
        Task byId = ProcessReady.WaitAsync(child.Process.Id, Timeout.InfiniteTimeSpan);
        child.Go();
        var ended = await Assert.ThrowsAsync<ProcessEndedException>(() => waiting);
        Assert.Equal(child.Process.Id, ended.ProcessId);
        Assert.Equal(3, ended.ExitCode);
        Assert.Contains($"Process {child.Process.Id} ended with exit code 3", ended.Message, StringComparison.Ordinal);
        Assert.Null((await Assert.ThrowsAsync<ProcessEndedException>(() => byId)).ExitCode);
        Assert.False(SharedObject.Exists(child.Trigger));
        await Assert.ThrowsAsync<ProcessEndedException>(() => ProcessReady.WaitAsync(child.Process));
        Assert.False(SharedObject.Exists(child.Trigger));
    }

    [Fact]
    public async Task A_zombie_of_another_process_has_ended()
    {
        // The shell becomes a program that never asks how its child has ended.
        using Process parent = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", "sleep 0.05 & echo $!; exec sleep 60"]) { RedirectStandardOutput = true })!;
        try
        {
            int child = int.Parse((await parent.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
            await Assert.ThrowsAsync<ProcessEndedException>(() => ProcessReady.WaitAsync(child, s_long));
            Assert.True(File.Exists($"/proc/{child}/stat"));
            Assert.False(SharedObject.Exists(ProcessReady.TriggerName(child)));
        }
        finally
        {
            parent.Kill();
        }
    }

    [Fact]
    public async Task One_may_wait_again_after_a_timeout_or_a_cancelled_wait()
    {
        using var child = new Child("signal");
        var late = await Assert.ThrowsAsync<TimeoutException>(() => ProcessReady.WaitAsync(child.Process, TimeSpan.FromMilliseconds(1)));
        Assert.Contains($"Process {child.Process.Id} is alive", late.Message, StringComparison.Ordinal);
        using var cancelled = new CancellationTokenSource();
        Task waiting = ProcessReady.WaitAsync(child.Process, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.True(SharedObject.Exists(child.Trigger));

        waiting = ProcessReady.WaitAsync(child.Process);
        child.Go();
        await waiting;
        Assert.False(SharedObject.Exists(child.Trigger));
    }

    [Fact]
    public async Task What_an_earlier_process_of_the_same_id_has_left_does_not_count()
    {
        using var child = new Child("signal");
        using (SharedTrigger left = SharedTrigger.OpenOrCreate(child.Trigger))
        {
            left.Trigger();
        }

        // As if an hour before the process was started.
        await using (FileStream segment = File.Open("/dev/shm/" + child.Trigger, FileMode.Open))
        {
            long stamp = (DateTime.UtcNow - TimeSpan.FromHours(1) - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
            segment.Write(BitConverter.GetBytes(stamp));
        }

        await Assert.ThrowsAsync<TimeoutException>(() => ProcessReady.WaitAsync(child.Process, TimeSpan.FromMilliseconds(1)));
        Task waiting = ProcessReady.WaitAsync(child.Process, s_long);
        child.Go();
        await waiting;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_Python_process_waits_for_us(bool byHost)
    {
        using var parent = new Child("wait_plain", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        try
        {
            Assert.Equal("waiting", await parent.Process.StandardOutput.ReadLineAsync());
            if (byHost)
            {
                await StartAsync(builder => builder.Services.AddProcessReady().AddProcessReady());
            }
            else
            {
                ProcessReady.Signal();
            }

            Assert.Equal("ready", await parent.Process.StandardOutput.ReadLineAsync());
        }
        finally
        {
            parent.End();
            SharedObject.Unlink(ProcessReady.TriggerName(Environment.ProcessId));
        }
    }

    [Fact]
    public async Task What_can_not_be_a_process_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ProcessReady.WaitAsync(0));
        using var unstarted = new Process();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await ProcessReady.WaitAsync(unstarted));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await ProcessReady.WaitAsync(null!));
    }

    private sealed class Child : IDisposable
    {
        internal Child(params string[] arguments) => Process = Process.Start(
            new ProcessStartInfo(Python.Executable, [Path.Combine(Python.Root, "tests", "peer", "ready.py"), .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;

        internal Process Process { get; }

        internal string Trigger => ProcessReady.TriggerName(Process.Id);

        internal void Go()
        {
            Process.StandardInput.WriteLine();
            Process.StandardInput.Flush();
        }

        internal void End()
        {
            Process.StandardInput.Close();
            Process.WaitForExit();
        }

        public void Dispose()
        {
            Process.Kill();
            Process.WaitForExit();
            SharedObject.Unlink(Trigger);
            Process.Dispose();
        }
    }
}
