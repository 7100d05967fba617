using System;
using System.Collections.Generic;
using System.IO;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace SharedObjects.Bridging.Tests.Library;

public sealed class OptionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("so-test-options-").FullName;

    public static TheoryData<string, string> BadOnes => new()
    {
        { """{ "publish": ["x"] }""", "Broker" },
        { """{ "broker": "http://h", "publish": ["x"] }""", "Broker" },
        { """{ "broker": "mqtt://h/path", "publish": ["x"] }""", "Broker" },
        { """{ "broker": "mqtt://h" }""", "Publish" },
        { """{ "broker": "mqtt://h", "publish": [""] }""", "Publish" },
        { """{ "broker": "mqtt://h", "subscribe": ["a/b"] }""", "Subscribe" },
        { """{ "broker": "mqtt://h", "publish": ["x"], "rates": { "x": 0 } }""", "Rates" },
        { """{ "broker": "mqtt://h", "publish": ["x"], "rates": { "x": -1 } }""", "Rates" },
        { """{ "broker": "mqtt://h", "publish": ["x"], "maxSize": 8 }""", "MaxSize" },
        { """{ "broker": "mqtt://h", "publish": ["x"], "maxSizes": { "x": 99999999999 } }""", "MaxSizes" },
        { """{ "broker": "mqtt://h", "publish": ["x"], "prefix": "a/#" }""", "Prefix" },
        { """{ "broker": "mqtt://h", "publish": ["x"], "prefix": "" }""", "Prefix" },
        { """{ "broker": "mqtt://h", "publish": ["x"], "password": "p" }""", "User" },
        { """{ "broker": "mqtt://h", "publish": ["x"], "user": "u", "password": "p", "passwordFile": "/etc/hostname" }""", "PasswordFile" },
        { """{ "broker": "mqtt://h", "publish": ["x"], "user": "u", "passwordFile": "/none" }""", "PasswordFile" },
        { """{ "broker": "mqtt://h", "publish": ["x"], "certificateAuthority": "/etc/hostname" }""", "CertificateAuthority" },
        { """{ "broker": "mqtts://h", "publish": ["x"], "clientKey": "/etc/hostname" }""", "ClientCertificate" },
        { """{ "broker": "mqtt://h", "publish": ["x"], "keepAlive": "00:00:00" }""", "KeepAlive" },
        { """{ "broker": "mqtt://h", "publish": ["x"], "reconnectDelay": "00:00:03" }""", "LongestReconnectDelay" },
        { """{ "broker": "mqtt://h", "publish": ["x"], "host": " " }""", "Host" },
    };

    [Theory]
    [MemberData(nameof(BadOnes))]
    public void What_is_wrong_is_named(string json, string option)
    {
        BridgeOptions options = Load(json);

        BridgeOptionsException problem = Assert.Throws<BridgeOptionsException>(options.Validate);

        Assert.Equal(option, problem.Option);
        Assert.Contains($"option {option}: expected", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_in_the_address_is_refused_and_not_repeated()
    {
        BridgeOptions options = Load("""{ "broker": "mqtt://me:secret@h", "publish": ["x"] }""");

        BridgeOptionsException problem = Assert.Throws<BridgeOptionsException>(() => new MqttBridge(options));

        Assert.DoesNotContain("secret", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_sets_every_option()
    {
        BridgeOptions options = Load(
            """
            {
                // a comment
                "broker": "mqtts://h:99", "user": "u", "password": "p", "prefix": "plant/cell7",
                "publish": ["arm_*"], "subscribe": ["rs_?"], "rates": { "arm_*": 2.5 }, "maxSize": 1000, "maxSizes": { "arm_x": 100 },
                "compress": ["*"], "clearRemoved": true, "host": "robot", "keepAlive": "00:00:02",
                "reconnectDelay": "00:00:00.5", "longestReconnectDelay": "00:00:07",
            }
            """);

        options.Validate();
        Assert.Equal(new Uri("mqtts://h:99"), options.Broker);
        Assert.Equal(("u", "p", "plant/cell7", "robot"), (options.User, options.Password, options.Prefix, options.Host));
        Assert.Equal(["arm_*"], options.Publish);
        Assert.Equal(["rs_?"], options.Subscribe);
        Assert.Equal(["*"], options.Compress);
        Assert.Equal(2.5, options.Rates["arm_*"]);
        Assert.Equal((1000, 100L), (options.MaxSize, options.MaxSizes["arm_x"]));
        Assert.True(options.ClearRemoved);
        Assert.Equal((2, 0.5, 7), (options.KeepAlive.TotalSeconds, options.ReconnectDelay.TotalSeconds, options.LongestReconnectDelay.TotalSeconds));
    }

    [Theory]
    [InlineData("""{ "brokr": "mqtt://h" }""")]
    [InlineData("""{ "broker": 5 }""")]
    [InlineData("null")]
    [InlineData("{")]
    public void A_file_that_has_no_options_is_refused(string json) =>
        Assert.Contains("options.json", Assert.Throws<BridgeOptionsException>(() => Load(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Configuration_sets_them_too()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Broker"] = "mqtt://h",
            ["Publish:0"] = "arm_*",
            ["Subscribe:0"] = "rs_*",
            ["Rates:rs_*"] = "10",
            ["MaxSizes:rs_*"] = "2000",
            ["KeepAlive"] = "00:00:03",
        }).Build();
        using ServiceProvider services = new ServiceCollection().AddSharedObjectBridge(configuration).BuildServiceProvider();

        BridgeOptions options = services.GetRequiredService<IOptions<BridgeOptions>>().Value;

        options.Validate();
        Assert.Equal(new Uri("mqtt://h"), options.Broker);
        Assert.Equal((10, 2000), (options.Rates["rs_*"], options.MaxSizes["rs_*"]));
        Assert.Equal(TimeSpan.FromSeconds(3), options.KeepAlive);
        Assert.Equal(["arm_*"], options.Publish);
        Assert.Equal(["rs_*"], options.Subscribe);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private BridgeOptions Load(string json)
    {
        string file = Path.Combine(_folder, "options.json");
        File.WriteAllText(file, json);
        return BridgeOptions.Load(file);
    }
}
