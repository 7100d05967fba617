using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SharedObjects.Hosting.Tests.Support;

namespace SharedObjects.Hosting.Tests;

/// <summary>Options from configuration.</summary>
public sealed class SettingsTests : HostTest
{
    [Fact]
    public void Every_option_is_a_setting_and_reaches_the_objects()
    {
        PropertyInfo[] options = typeof(SharedObjectOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance);
        Assert.Equal(
            options.Select(option => (option.Name, option.PropertyType)),
            typeof(SharedObjectSettings).GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Select(setting => (setting.Name, setting.PropertyType)));

        var configured = new SharedObjectOptions
        {
            LockTimeout = TimeSpan.FromMilliseconds(1500),
            MountTimeout = TimeSpan.FromSeconds(2),
            InitSize = 256,
            LockFreeReads = !SharedObjectOptions.Default.LockFreeReads,
            Adopt = !SharedObjectOptions.Default.Adopt,
            WaitStrategy = WaitStrategy.SpinThenBlock,
            SpinTime = TimeSpan.FromMicroseconds(20),
            LongestPollStep = TimeSpan.FromMilliseconds(5),
            Remount = !SharedObjectOptions.Default.Remount,
            Republish = !SharedObjectOptions.Default.Republish,
            UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
            ReadOnly = !SharedObjectOptions.Default.ReadOnly,
        };
        Assert.All(options, option => Assert.NotEqual(option.GetValue(SharedObjectOptions.Default), option.GetValue(configured)));
        Assert.Equal(configured, OptionsFrom(options.ToDictionary(option => "Shared:" + option.Name, option => option.GetValue(configured)?.ToString())));
        Assert.Equal(SharedObjectOptions.Default, OptionsFrom([]));
    }

    [Fact]
    public void An_object_has_the_settings_of_all_and_its_own()
    {
        using SharedObject<double> producer = SharedObject.Publish(Name("speed"), 1.5);
        Dictionary<string, string?> configuration = new()
        {
            ["Shared:LockTimeout"] = "00:00:02",
            ["Shared:UnixFileMode"] = "UserRead, UserWrite, GroupRead",
            [$"Shared:Objects:{Name("speed")}:ReadOnly"] = "true",
        };
        Dictionary<string, SharedObjectOptions> seen = [];
        IHost host = Build(builder =>
        {
            builder.Configuration.AddInMemoryCollection(configuration);
            builder.Services
                .AddSharedObjects(builder.Configuration.GetSection("Shared"))
                .Configure<SharedObjectSettings>(Name("mode"), settings => settings.InitSize = 300);
            builder.Services.AddSharedObject(Name("speed"), (name, options) => SharedObject.Open<double>(name, seen[name] = options));
            builder.Services.AddSharedObject(Name("mode"), (name, options) => SharedObject.OpenOrCreate(name, "idle", seen[name] = options));
        });

        var speed = host.Services.GetRequiredService<SharedObject<double>>();
        Assert.Equal(1.5, speed.Fetch());
        Assert.Throws<SharedSystemException>(() => speed.Assign(2));
        host.Services.GetRequiredService<SharedObject<string>>().Assign(new string('x', 300));
        SharedObjectOptions all = new()
        {
            LockTimeout = TimeSpan.FromSeconds(2),
            UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
        };
        Assert.Equal(all with { ReadOnly = true }, seen[Name("speed")]);
        Assert.Equal(all with { InitSize = 300 }, seen[Name("mode")]);
    }

    [Fact]
    public void A_setting_that_can_not_be_is_an_error()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => OptionsFrom(new() { ["Shared:UnixFileMode"] = "UserRead" }));
        var unreadable = Assert.Throws<InvalidOperationException>(() => OptionsFrom(new() { ["Shared:LockTimeout"] = "soon" }));
        Assert.Contains("LockTimeout", unreadable.Message, StringComparison.Ordinal);
    }

    private SharedObjectOptions OptionsFrom(Dictionary<string, string?> configuration)
    {
        SharedObjectOptions? seen = null;
        using IHost host = Build(builder =>
        {
            builder.Configuration.AddInMemoryCollection(configuration);
            builder.Services.AddSharedObjects(builder.Configuration.GetSection("Shared"));
            builder.Services.AddSharedObject(Name(), (name, options) =>
            {
                seen = options;
                return SharedTrigger.OpenOrCreate(name);
            });
        });
        host.Services.GetRequiredService<SharedTrigger>();
        return seen!;
    }
}
