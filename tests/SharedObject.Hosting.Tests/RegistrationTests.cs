using System;
using System.Linq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SharedObjects.Hosting.Tests.Support;

namespace SharedObjects.Hosting.Tests;

/// <summary>Objects as services.</summary>
public sealed class RegistrationTests : HostTest
{
    [Fact]
    public void An_object_is_opened_when_it_is_first_asked_for_and_disposed_of_with_the_host()
    {
        string name = Name();
        IHost host = Build(builder => builder.Services.AddSharedObject(name, ArmState.OpenOrCreate));
        Assert.False(SharedObject.Exists(name));

        var arm = host.Services.GetRequiredService<SharedObject<ArmState>>();
        Assert.True(SharedObject.Exists(name));
        Assert.Equal(1, Log.Count(name, SharedObjectEventIds.Opened));
        Assert.Same(arm, host.Services.GetRequiredService<SharedObject<ArmState>>());
        Assert.Same(arm, host.Services.GetRequiredKeyedService<SharedObject<ArmState>>(name));
        arm.Assign(new ArmState(1, [1, 2, 3]));
        Assert.Equal([1.0, 2, 3], arm.Fetch().Qpos);

        host.Dispose();
        Assert.Throws<ObjectDisposedException>(() => arm.Fetch());
        Assert.True(SharedObject.Exists(name));
    }

    [Fact]
    public void Several_objects_of_one_type_are_told_apart_by_their_names()
    {
        IHost host = Build(builder => builder.Services
            .AddSharedObject(Name("left"), ArmState.OpenOrCreate)
            .AddSharedObject(Name("right"), ArmState.OpenOrCreate)
            .AddSingleton<Dual>());
        SharedObject<ArmState> Get(string name) => host.Services.GetRequiredKeyedService<SharedObject<ArmState>>(Name(name));
        Assert.Equal(Name("left"), Get("left").Name);
        Assert.Equal(Name("right"), Get("right").Name);
        Assert.Same(Get("right"), host.Services.GetRequiredService<SharedObject<ArmState>>());
        Assert.Equal([Get("left"), Get("right")], host.Services.GetServices<SharedObject<ArmState>>());
        Assert.Same(Get("right"), host.Services.GetRequiredService<Dual>().Arm);
    }

    [Fact]
    public void Arrays_triggers_groups_and_plain_values_are_registered_alike()
    {
        IHost host = Build(builder => builder.Services
            .AddSharedObject(Name("image"), (name, options) => SharedArray<byte>.OpenOrCreate(name, [4, 6, 3], options))
            .AddSharedObject(Name("join"), (name, options) => SharedTrigger.OpenOrCreate(name, options))
            .AddSharedObject(Name("robot"), Robot.OpenOrCreate)
            .AddSharedObject(Name("speed"), (name, options) => SharedObject.OpenOrCreate(name, 0.5, options)));
        Assert.Equal([4, 6, 3], host.Services.GetRequiredService<SharedArray<byte>>().Shape.ToArray());
        Assert.True(host.Services.GetRequiredService<SharedTrigger>().Trigger().Triggered);
        Assert.Equal(0.5, host.Services.GetRequiredService<SharedObject<double>>().Fetch());
        Robot.Group robot = host.Services.GetRequiredService<Robot.Group>();
        Assert.Equal(Name("robot") + "_gripper", robot.Gripper.Name);
        host.Dispose();
        Assert.Throws<ObjectDisposedException>(() => robot.Gripper.Modified);
    }

    [Fact]
    public void A_producer_that_is_missing_is_named_and_may_come_later()
    {
        string name = Name();
        IHost host = Build(builder => builder.Services.AddSharedObject(name, ArmState.Open));
        var missing = Assert.Throws<SharedNotFoundException>(() => host.Services.GetRequiredService<SharedObject<ArmState>>());
        Assert.Equal(name, missing.ObjectName);
        using SharedObject<ArmState> made = ArmState.Publish(name, new ArmState(7, [1, 2, 3]));
        Assert.Equal(7, host.Services.GetRequiredService<SharedObject<ArmState>>().Fetch().Timestamp);
    }

    [Fact]
    public void A_name_that_can_not_be_one_is_refused_where_it_is_registered()
    {
        var services = new ServiceCollection();
        Assert.Throws<SharedNameException>(() => services.AddSharedObject("a/b", ArmState.Open));
        Assert.Throws<SharedNameException>(() => services.AddSharedObjectWatcher("a/b", ArmState.OpenAsync, (_, _, _) => throw new NotSupportedException()));
        Assert.Throws<SharedNameException>(() => services.AddHealthChecks().AddSharedObject("a/b"));
        Assert.DoesNotContain(services, service => service.IsKeyedService);
    }

    private sealed class Dual(SharedObject<ArmState> arm)
    {
        internal SharedObject<ArmState> Arm => arm;
    }
}
