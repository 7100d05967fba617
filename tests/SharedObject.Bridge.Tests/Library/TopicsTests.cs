using System;
using System.Linq;
using CsCheck;
using SharedObjects.Bridging.Wire;

namespace SharedObjects.Bridging.Tests.Library;

public sealed class TopicsTests
{
    [Theory]
    [InlineData("arm_state", "arm_state")]
    [InlineData("a b", "a b")]
    [InlineData("grüße", "grüße")]
    [InlineData("100%", "100%25")]
    [InlineData("+", "%2B")]
    [InlineData("a#b", "a%23b")]
    [InlineData("a\nb", "a%0Ab")]
    [InlineData("a\u0085b", "a%C2%85b")]
    [InlineData("\uFFFE", "%EF%BF%BE")]
    [InlineData("$x", "$x")]
    public void A_name_is_a_level_of_its_topic(string name, string level)
    {
        Assert.Equal(level, Topics.Encode(name));
        Assert.Equal(name, Topics.Decode(level));
    }

    [Theory]
    [InlineData("a%2")]
    [InlineData("%")]
    [InlineData("%zz")]
    [InlineData("%FF")]
    [InlineData("a\u0001")]
    [InlineData("+")]
    public void What_is_no_encoded_name_is_refused(string level) => Assert.Null(Topics.Decode(level));

    [Theory]
    [InlineData("%61")] // of an 'a', which needs none
    [InlineData("%2b")]
    [InlineData("%C3%A4")]
    public void There_is_one_form_of_a_name(string level) => Assert.Null(Topics.Decode(level));

    [Fact]
    public void Every_name_comes_back()
    {
        Gen.String[Gen.Char, 1, 40].Where(name => !name.Contains('/') && name.All(c => !char.IsSurrogate(c))).Sample(name =>
        {
            string level = Topics.Encode(name);
            Assert.Equal(name, Topics.Decode(level));
            Assert.DoesNotContain(level, c => c is '+' or '#' or '/' || char.IsControl(c));
        });
    }

    [Theory]
    [InlineData("cell/v1/swift/x", (int)TopicKind.SwiftObject, "x")]
    [InlineData("cell/v1/bulk/x", (int)TopicKind.BulkObject, "x")]
    [InlineData("cell/v1/bridge/x", (int)TopicKind.Presence, "x")]
    [InlineData("cell/v1/receipt/x", (int)TopicKind.Receipt, "x")]
    [InlineData("cell/v1/other/x", (int)TopicKind.Unknown, "x")]
    [InlineData("cell/v1/swift", (int)TopicKind.Unknown, "")]
    [InlineData("cell/v1/swift/x/y", (int)TopicKind.Unknown, "")]
    [InlineData("cell/v2/swift/x", (int)TopicKind.Unknown, "")]
    [InlineData("cell2/v1/swift/x", (int)TopicKind.Unknown, "")]
    public void Topics_of_others_are_not_ours(string topic, int kind, string rest)
    {
        Assert.Equal((TopicKind)kind, new Topics("cell").KindOf(topic, out ReadOnlySpan<char> found));
        Assert.Equal(rest, found.ToString());
    }
}
