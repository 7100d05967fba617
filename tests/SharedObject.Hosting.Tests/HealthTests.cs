using System;
using System.Threading.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using SharedObjects.Hosting.Tests.Support;
using SharedObjects.Tests.Support;

namespace SharedObjects.Hosting.Tests;

/// <summary>Health checks of objects.</summary>
public sealed class HealthTests : HostTest
{
    private static readonly TimeSpan s_year = TimeSpan.FromDays(365);

    [Fact]
    public async Task A_whole_value_that_is_young_enough_is_healthy()
    {
        using SharedObject<double> speed = SharedObject.Publish(Name(), 1.5);
        HealthReportEntry entry = await CheckAsync(BuildCheck(s_year), Name());
        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal(Name(), entry.Data["name"]);
        Assert.InRange((TimeSpan)entry.Data["age"], TimeSpan.FromMilliseconds(-1), TimeSpan.FromHours(1));
        Assert.Equal(true, entry.Data["hasTrailer"]);
        Assert.Equal("float", entry.Data["type"]);
    }

    [Fact]
    public async Task Looking_at_an_object_of_Python_changes_nothing()
    {
        using var producer = new PythonPeer();
        producer.Run("plain_create", ("name", Name()), ("value", JsonForm.Write(1.5)));
        HealthReportEntry entry = await CheckAsync(BuildCheck(s_year), Name());
        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal(false, entry.Data["hasTrailer"]);
        Assert.Equal(17, new System.IO.FileInfo("/dev/shm/" + Name()).Length);
    }

    [Fact]
    public async Task An_object_that_is_missing_or_never_assigned_fails()
    {
        IHost host = BuildCheck(s_year);
        HealthReportEntry missing = await CheckAsync(host, Name());
        Assert.Equal(HealthStatus.Unhealthy, missing.Status);
        Assert.IsType<SharedNotFoundException>(missing.Exception);
        Assert.Equal(Name(), missing.Data["name"]);

        using SharedObject<ArmState> made = ArmState.OpenOrCreate(Name());
        HealthReportEntry unassigned = await CheckAsync(host, Name());
        Assert.Equal(HealthStatus.Unhealthy, unassigned.Status);
        Assert.IsType<SharedNeverAssignedException>(unassigned.Exception);
    }

    [Fact]
    public async Task A_value_that_is_too_old_fails()
    {
        using SharedObject<double> speed = SharedObject.Publish(Name(), 1.5);
        Until(() => speed.Age > TimeSpan.FromMilliseconds(1));
        HealthReportEntry entry = await CheckAsync(BuildCheck(TimeSpan.FromMilliseconds(1)), Name());
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Contains("at most 0.001 s", entry.Description, StringComparison.Ordinal);
        Assert.True((TimeSpan)entry.Data["age"] > TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task A_torn_value_fails_until_it_is_whole()
    {
        byte[] elements = new byte[100_000]; // one that is updated in place
        using SharedArray<byte> image = SharedArray<byte>.Publish(Name(), elements, [elements.Length]);
        Assert.Throws<InvalidTimeZoneException>(() => image.Update(_ => throw new InvalidTimeZoneException()));
        IHost host = BuildCheck(s_year);
        HealthReportEntry torn = await CheckAsync(host, Name());
        Assert.Equal(HealthStatus.Unhealthy, torn.Status);
        Assert.IsType<SharedTornException>(torn.Exception);
        image.Assign(elements);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host, Name())).Status);
    }

    [Fact]
    public async Task A_name_that_is_gone_degrades_who_has_the_object_open_and_a_handle_that_is_left_behind_too()
    {
        using SharedObject<ArmState> producer = ArmState.Publish(Name(), new ArmState(1, [1, 2, 3]));
        IHost host = Build(builder => builder.Services
            .AddSharedObject(Name(), ArmState.Open)
            .AddHealthChecks().AddSharedObject(Name(), s_year));
        var arm = host.Services.GetRequiredService<SharedObject<ArmState>>();
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host, Name())).Status);

        producer.Unlink();
        HealthReportEntry unlinked = await CheckAsync(host, Name());
        Assert.Equal(HealthStatus.Degraded, unlinked.Status);
        Assert.Contains("is gone", unlinked.Description, StringComparison.Ordinal);
        Assert.True(unlinked.Data.ContainsKey("age"));

        producer.Republish();
        HealthReportEntry stale = await CheckAsync(host, Name());
        Assert.Equal(HealthStatus.Degraded, stale.Status);
        Assert.Contains("made anew", stale.Description, StringComparison.Ordinal);

        Assert.True(arm.TryRemount());
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host, Name())).Status);
        producer.Unlink();
        arm.Dispose();
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(host, Name())).Status);
    }

    [Fact]
    public async Task An_object_that_somebody_keeps_locked_fails_and_its_holder_is_named()
    {
        using var holder = new PythonPeer();
        holder.Run("plain_create", ("name", Name()), ("value", JsonForm.Write(1.5)));
        holder.Open("a", Name());
        holder.Run("lock", ("handle", "a"), ("mode", "ex"));
        IHost host = BuildCheck(s_year);
        HealthReportEntry locked = await CheckAsync(host, Name());
        Assert.Equal(HealthStatus.Unhealthy, locked.Status);
        Assert.IsType<SharedLockTimeoutException>(locked.Exception);
        Assert.Contains(holder.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), locked.Description, StringComparison.Ordinal);
        holder.Run("unlock", ("handle", "a"));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host, Name())).Status);
    }

    [Fact]
    public async Task A_check_has_the_name_and_the_status_that_it_was_given()
    {
        IHost host = Build(builder => builder.Services.AddHealthChecks()
            .AddSharedObject(Name(), name: "arm", failureStatus: HealthStatus.Degraded, tags: ["ready"]));
        HealthReportEntry entry = await CheckAsync(host, "arm");
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Equal(["ready"], entry.Tags);
    }

    private IHost BuildCheck(TimeSpan maxAge) => Build(builder => builder.Services.AddHealthChecks().AddSharedObject(Name(), maxAge));
}
