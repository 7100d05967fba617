using SharedObjects.Generators.Helpers;
using Xunit;

namespace SharedObjects.Generators.Tests;

public class SnakeCaseTests
{
    [Theory]
    [InlineData("Timestamp", "timestamp")]
    [InlineData("QposTarget", "qpos_target")]
    [InlineData("HTTPPort", "http_port")]
    [InlineData("PortHTTP", "port_http")]
    [InlineData("Joint3Pos", "joint3_pos")]
    [InlineData("Joint3", "joint3")]
    [InlineData("J3D", "j3_d")]
    [InlineData("PoseA2B", "pose_a2_b")]
    [InlineData("X", "x")]
    [InlineData("TCP", "tcp")]
    [InlineData("IsOK", "is_ok")]
    [InlineData("qpos", "qpos")]
    [InlineData("already_snake", "already_snake")]
    [InlineData("Two_Words", "two_words")]
    [InlineData("_private", "_private")]
    [InlineData("ÄrmelÖffnung", "ärmel_öffnung")]
    public void A_member_gets_the_key(string name, string key) => Assert.Equal(key, SnakeCase.From(name));
}
