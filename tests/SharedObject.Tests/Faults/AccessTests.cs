using System;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using Mono.Unix.Native;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Faults;

/// <summary>Who takes part in an object: this user, unless <see cref="SharedObjectOptions.UnixFileMode"/> says more.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AccessTests : SegmentTest
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Group = Private | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
    private const UnixFileMode All = Group | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const uint Nobody = 65534;

    [Theory]
    [InlineData(Private)]
    [InlineData(Private | UnixFileMode.GroupRead)]
    [InlineData(Group)]
    [InlineData(All)]
    public void A_new_segment_has_the_mode_it_was_given_whatever_the_umask(UnixFileMode mode)
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5, new SharedObjectOptions { UnixFileMode = mode });
        using SharedArray<byte> array = SharedArray<byte>.OpenOrCreate(Name("array"), [3], new SharedObjectOptions { UnixFileMode = mode });
        Assert.Equal(mode, File.GetUnixFileMode(Segments.Path(Name())));
        Assert.Equal(mode, File.GetUnixFileMode(Segments.Path(Name("array"))));
    }

    [Theory]
    [InlineData((UnixFileMode)0)]
    [InlineData(UnixFileMode.UserRead)]
    [InlineData(UnixFileMode.GroupRead | UnixFileMode.GroupWrite)]
    [InlineData(Private | UnixFileMode.UserExecute)]
    [InlineData(Private | UnixFileMode.SetGroup)]
    public void A_mode_that_no_segment_can_have_is_refused(UnixFileMode mode) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SharedObjectOptions { UnixFileMode = mode });

    [Fact]
    public void One_that_others_may_write_is_opened_only_where_that_is_wanted()
    {
        SharedObject.Publish(Name(), 1.5).Dispose();
        File.SetUnixFileMode(Segments.Path(Name()), Group);
        byte[] before = Segments.Read(Name());
        SharedSystemException e = Assert.Throws<SharedSystemException>(() => SharedObject.Open<double>(Name()));
        Assert.Equal(13, e.ErrorNumber); // EACCES
        Assert.Contains("0660", e.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(SharedObjectOptions.UnixFileMode), e.Message, StringComparison.Ordinal);
        Assert.Throws<SharedSystemException>(() => SharedObject.OpenAny(Name(), new SharedObjectOptions { ReadOnly = true }));
        Assert.Throws<SharedSystemException>(() => SharedObject.Publish(Name(), 2.5));
        Assert.Throws<SharedSystemException>(() => SharedTrigger.OpenOrCreate(Name()));
        Assert.Equal(before, Segments.Read(Name()));
        using SharedObject<double> handle = SharedObject.Open<double>(Name(), new SharedObjectOptions { UnixFileMode = Group });
        Assert.Equal(1.5, handle.Fetch());

        File.SetUnixFileMode(Segments.Path(Name()), All);
        Assert.Throws<SharedSystemException>(() => SharedObject.Open<double>(Name(), new SharedObjectOptions { UnixFileMode = Group }));
    }

    [Fact]
    public void One_of_this_user_that_others_may_only_read_is_opened()
    {
        SharedObject.Publish(Name(), 1.5).Dispose();
        File.SetUnixFileMode(Segments.Path(Name()), Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        using SharedObject<double> handle = SharedObject.Open<double>(Name());
        Assert.Equal(1.5, handle.Fetch());
    }

    /// <remarks>Only root can give files to others, and become another user.</remarks>
    [Fact]
    public void One_of_another_user_is_opened_only_where_that_is_wanted()
    {
        Assert.True(Syscall.geteuid() == 0, "This test gives files to other users: run it as root (in a container).");
        SharedObject.Publish(Name(), 1.5).Dispose();
        Assert.Equal(0, Syscall.chown(Segments.Path(Name()), Nobody, Nobody));
        SharedSystemException e = Assert.Throws<SharedSystemException>(() => SharedObject.Open<double>(Name())); // root could
        Assert.Equal(13, e.ErrorNumber);
        Assert.Contains($"user {Nobody}", e.Message, StringComparison.Ordinal);
        using SharedObject<double> handle = SharedObject.Open<double>(Name(), new SharedObjectOptions { UnixFileMode = Group });
        Assert.Equal(1.5, handle.Assign(2.5).Fetch() - 1);
    }

    [Fact]
    public void Another_user_reads_and_writes_what_it_is_let_and_no_more()
    {
        Assert.True(Syscall.geteuid() == 0, "This test becomes another user: run it as root (in a container).");
        (string Label, UnixFileMode Mode, uint User, uint Group)[] segments =
        [
            ("own", Private, Nobody, Nobody),
            ("private", Private, 0, 0),
            ("readable", Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead, 0, 0),
            ("group", Group, 0, Nobody),
            ("group-reads", Private | UnixFileMode.GroupRead, 0, Nobody),
            ("all", All, 0, 0),
        ];
        foreach ((string label, UnixFileMode mode, uint user, uint group) in segments)
        {
            SharedObject.Publish(Name(label), 1.0).Dispose();
            File.SetUnixFileMode(Segments.Path(Name(label)), mode);
            Assert.Equal(0, Syscall.chown(Segments.Path(Name(label)), user, group));
        }

        string output = StressProgramTests.Run(["user", $"{Nobody}", .. segments.Select(segment => Name(segment.Label))]);
        Says("own", "as it is", "fetched", "assigned");
        Says("own", "read-only", "fetched", "assign: EACCES");
        Says("private", "as it is", "EACCES");
        Says("private", "read-only", "EACCES");
        Says("readable", "as it is", "EACCES");
        Says("readable", "read-only", "EACCES, by the library");
        Says("readable", "read-only, for all to read", "fetched", "assign: EACCES");
        Says("group", "as it is", "EACCES, by the library");
        Says("group", "group", "fetched", "assigned");
        Says("group", "group, read-only", "fetched", "assign: EACCES");
        Says("group-reads", "group", "EACCES");
        Says("group-reads", "group, read-only", "fetched", "assign: EACCES");
        Says("all", "group", "EACCES, by the library");

        void Says(string label, string way, params string[] parts)
        {
            string line = output.Split('\n').Single(line => line.StartsWith($"{Name(label)}: {way}: ", StringComparison.Ordinal));
            Assert.All(parts, part => Assert.Contains(part, line, StringComparison.Ordinal));
        }
    }
}
