using System;
using System.IO;
using System.Linq;
using SharedObjects.Tests.Interop;

namespace SharedObjects.Tests.Views;

/// <summary>Generated groups on real segments: an object a member, each also a Python process's.</summary>
public sealed class GroupTests(PeerFixture fixture) : PeerTest(fixture)
{
    private static readonly string[] s_keys = ["qpos", "tcp_pose", "mode", "wrench", "mask", "blob", "part", "temperature"];

    [Fact]
    public void Python_sees_an_object_for_each_member()
    {
        using Robot.Group robot = Create(Name(), Make(3));
        AssertSame(NDArray.Create<double>([3, 1, 2, 3, 4, 5, 6], 7), Fetch("qpos"), "qpos");
        AssertSame(new Pose(3, 2, 1, 1, 0, 0, 0), Fetch("tcp_pose"), "tcp_pose");
        AssertSame("state 3", Fetch("state"), "state");
        AssertSame(NDArray.Create<double>([0, 3, 6, 9, 12, 15], 6), Fetch("wrench"), "wrench");
        AssertSame(NDArray.Create<bool>([true, false, false, true], 2, 2), Fetch("mask"), "mask");
        AssertSame(new byte[] { 3, 0 }, Fetch("blob"), "blob");
        AssertSame(1L, Fetch("mode"), "mode");
        AssertSame(
            new SharedDict { { "id", 3L }, { "label", "part" }, { "force", NDArray.Create<float>([3, 1], 2) } }, Fetch("part"), "part");
        AssertSame(23.0, Fetch("temperature"), "temperature");
        Assert.Equal(Make(3), robot.Fetch());
        Assert.Equal(Make(3).GetHashCode(), robot.Fetch().GetHashCode());
    }

    [Fact]
    public void What_Python_assigns_to_one_is_seen()
    {
        using Robot.Group robot = Create(Name(), Make(3));
        Assert.False(robot.Modified);
        Peer.Open("qpos", Name() + "_qpos");
        Peer.Assign("qpos", NDArray.Create<double>([7, 7, 7, 7, 7, 7, 7], 7));
        Assert.True(robot.Modified);
        Assert.True(robot.Qpos.Modified);
        Assert.False(robot.Part.Modified);
        Robot value = robot.Fetch();
        Assert.False(robot.Modified);
        Assert.Equal(Make(3) with { Qpos = [7, 7, 7, 7, 7, 7, 7] }, value);
        double[] qpos = value.Qpos;
        robot.Assign(Make(5));
        AssertSame(NDArray.Create<double>([5, 1, 2, 3, 4, 5, 6], 7), Peer.Fetch("qpos"));
        robot.FetchInto(ref value);
        Assert.Same(qpos, value.Qpos);
        Assert.Equal(Make(5), value);
        Robot? none = null;
        robot.FetchInto(ref none!);
        Assert.Equal(Make(5), none);
        robot.Part.Update(static w => w.Id = 8);
        Assert.Equal(8, robot.Fetch().Part.Id);
        Close("qpos");
    }

    [Fact]
    public void Objects_that_Python_made_are_opened()
    {
        using Robot.Group made = Create(Name("a"), Make(1));
        foreach (string key in s_keys.Append("state"))
        {
            Peer.Open(key, $"{Name("b")}_{key}", Fetch(key, "a"), initSize: key == "blob" ? 8 : null);
        }

        using Robot.Group robot = Robot.Open(Name("b"));
        Assert.Equal(Make(1), robot.Fetch());
        robot.Assign(Make(2));
        AssertSame("state 2", Peer.Fetch("state"));
        foreach (string key in s_keys.Append("state"))
        {
            Close(key);
        }
    }

    [Fact]
    public void A_missing_member_is_named_and_nothing_stays_open()
    {
        using (Create(Name(), Make(1)))
        {
        }

        SharedObject.Unlink(Name() + "_mask");
        SharedNotFoundException e = Assert.Throws<SharedNotFoundException>(() => Robot.Open(Name()));
        Assert.Equal(Name() + "_mask", e.ObjectName);
        Assert.Contains(Name() + "_mask", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(OpenFiles(), path => path.Contains(Name(), StringComparison.Ordinal));

        using Robot.Group robot = Robot.OpenOrCreate(Name());
        Assert.Contains(OpenFiles(), path => path.Contains(Name() + "_qpos", StringComparison.Ordinal));
        Assert.Equal(Name() + "_mask", Assert.Throws<SharedNeverAssignedException>(() => robot.Fetch()).ObjectName);
        robot.Mask.Assign(new bool[2, 2]);
        Assert.Equal(Make(1).Qpos, robot.Fetch().Qpos);
    }

    [Fact]
    public void A_member_of_another_type_is_named()
    {
        using SharedObject<long> other = SharedObject.Publish(Name() + "_temperature", 3L);
        SharedSchemaException e = Assert.Throws<SharedSchemaException>(() => Robot.OpenOrCreate(Name()));
        Assert.Equal(Name() + "_temperature", e.ObjectName);
    }

    [Fact]
    public void Creating_over_an_existing_object_leaves_only_that()
    {
        using SharedObject<long> other = SharedObject.Publish(Name() + "_part", 3L);
        Assert.Equal(Name() + "_part", Assert.Throws<SharedExistsException>(() => Create(Name(), Make(1))).ObjectName);
        Assert.Equal([Name() + "_part"], Objects());
    }

    [Fact]
    public void A_value_that_does_not_fit_is_refused_as_a_whole()
    {
        Robot bad = Make(9) with { Blob = new byte[9] };
        SharedValueException e = Assert.Throws<SharedValueException>(() => Create(Name(), bad));
        Assert.Equal(Name() + "_blob", e.ObjectName);
        Assert.Throws<SharedValueException>(() => Robot.Publish(Name(), bad));
        Assert.Throws<SharedValueException>(() => Robot.OpenOrCreate(Name(), bad));
        Assert.Empty(Objects());

        using Robot.Group robot = Create(Name(), Make(1));
        e = Assert.Throws<SharedValueException>(() => robot.Assign(bad));
        Assert.Equal(Name() + "_blob", e.ObjectName);
        Assert.Throws<SharedValueException>(() => robot.Assign(Make(9) with { Qpos = new double[6] }));
        Assert.Throws<SharedValueException>(() => robot.Assign(Make(9) with { State = null! }));
        e = Assert.Throws<SharedValueException>(() => robot.Assign(Make(9) with { Part = null! }));
        Assert.Equal(Name() + "_part", e.ObjectName);
        e = Assert.Throws<SharedValueException>(() => robot.Assign(Make(9) with { Part = new Part(1, null!, [1, 2]) }));
        Assert.Contains(" Label ", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => robot.Assign(null!));
        Assert.Equal(Make(1), robot.Fetch());
    }

    [Fact]
    public void Every_way_to_open_does_what_it_says()
    {
        using Robot.Group first = Robot.Publish(Name(), Make(1));
        using Robot.Group second = Robot.OpenOrCreate(Name(), Make(2));
        Assert.Equal(Make(1), second.Fetch());
        using Robot.Group third = Robot.Publish(Name(), Make(3));
        Assert.Equal(Make(3), second.Fetch());
        using Robot.Group fourth = Robot.Open(Name(), SharedObjectOptions.Default);
        Assert.Equal(Make(3), fourth.Fetch());
        Assert.Equal("so-test-robot", Robot.DefaultName);
        Assert.Throws<ArgumentNullException>(() => Robot.Open(null!));
        fourth.Dispose();
        Assert.Throws<ObjectDisposedException>(() => fourth.Fetch());
        fourth.Dispose();
    }

    private static Robot.Group Create(string name, Robot value) => Robot.Create(name, value);

    private static Robot Make(int salt) => new(
        [salt, 1, 2, 3, 4, 5, 6],
        new Pose(salt, 2, 1, 1, 0, 0, 0),
        $"state {salt}",
        Samples.MakeSix(salt),
        new bool[,] { { true, false }, { false, true } },
        [(byte)salt, 0],
        ArmMode.Moving,
        new Part(salt, "part", [salt, 1]),
        new Temperature(20 + salt));

    private static string[] OpenFiles() =>
        [.. Directory.EnumerateFiles("/proc/self/fd").Select(file => new FileInfo(file).LinkTarget ?? "")];

    private string[] Objects() =>
        [.. Directory.EnumerateFiles("/dev/shm", Name() + "*").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private object? Fetch(string key, string label = "x")
    {
        Peer.Open("fetch", $"{Name(label)}_{key}");
        object? value = Peer.Fetch("fetch");
        Close("fetch");
        return value;
    }
}
