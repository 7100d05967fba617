using System;
using System.Diagnostics;
using System.IO;
using SharedObjects.Bridging.Tests.Lab;
using SharedObjects.Tests.Support;

namespace SharedObjects.Bridging.Tests.Scenarios;

/// <summary>TLS on both sides, passwords, and a broker that lets each do only what it may: the configuration that docs/bridge.md shows.</summary>
public sealed class SecurityTests : LabTest
{
    private const int TlsPort = 8883;

    [Fact]
    public void Client_certificates_are_users_and_the_broker_says_what_each_may_do()
    {
        using var certificates = new Certificates(Folder);
        certificates.Issue("broker", NetworkLab.BrokerFromA, NetworkLab.BrokerFromB).Issue("robot").Issue("viewer");
        _ = new LabBroker(Lab, $"""
            allow_anonymous false
            listener {TlsPort} 0.0.0.0
            cafile {certificates.Authority}
            certfile {certificates.Certificate("broker")}
            keyfile {certificates.Key("broker")}
            require_certificate true
            use_identity_as_username true
            acl_file {FileOf("acl", """
                user robot
                topic readwrite cell7/v1/#

                user viewer
                topic read cell7/v1/#
                topic write cell7/v1/bridge/#
                topic write cell7/v1/receipt/#

                """)}
            """);
        string[] As(string user) =>
            ["--prefix", "cell7", "--ca", certificates.Authority, "--cert", certificates.Certificate(user), "--key", certificates.Key(user)];
        PythonPeer onA = PythonOn(A), onB = PythonOn(B);
        onA.Open("x", Name("robot"), 1.5);
        onB.Open("y", Name("viewer"), 2.5);
        string fromA = $"mqtts://{NetworkLab.BrokerFromA}:{TlsPort}", fromB = $"mqtts://{NetworkLab.BrokerFromB}:{TlsPort}";
        LabBridge robot = Bridge(A, fromA, [.. As("robot"), "--publish", Name("robot"), "--subscribe", Name("viewer")]).UntilConnected();
        LabBridge viewer = Bridge(B, fromB, [.. As("viewer"), "--publish", Name("viewer"), "--subscribe", Name("robot")]).UntilConnected();

        Until(() => B.Has(Name("robot")));
        onB.Open("x", Name("robot"));
        onA.Assign("x", 3.5);
        Until(() => (double)onB.Fetch("x")! == 3.5);

        // What the viewer may not, it is told.
        viewer.Until(bridge => (string?)bridge[Name("viewer")]?["problem"] is { Length: > 0 });
        Assert.False(A.Has(Name("viewer")));
        Assert.Equal("connected", (string)robot.Status!["connection"]!);
    }

    [Fact]
    public void Without_a_certificate_or_with_a_broker_of_another_authority_there_is_no_connection_and_it_says_why()
    {
        using var certificates = new Certificates(Folder);
        certificates.Issue("broker", NetworkLab.BrokerFromA).Issue("robot");
        string elsewhere = Directory.CreateDirectory(Path.Combine(Folder, "other")).FullName;
        using var others = new Certificates(elsewhere);
        others.Issue("robot");
        _ = new LabBroker(Lab, $"""
            allow_anonymous false
            listener {TlsPort} 0.0.0.0
            cafile {certificates.Authority}
            certfile {certificates.Certificate("broker")}
            keyfile {certificates.Key("broker")}
            require_certificate true
            allow_anonymous true
            """);
        string address = $"mqtts://{NetworkLab.BrokerFromA}:{TlsPort}";
        LabBridge[] bridges =
        [
            Bridge(A, address, "--publish", Name("*"), "--ca", certificates.Authority),
            Bridge(A, address, "--publish", Name("*"), "--ca", certificates.Authority, "--cert", others.Certificate("robot"), "--key", others.Key("robot")),
            Bridge(A, address, "--publish", Name("*"), "--ca", others.Authority, "--cert", certificates.Certificate("robot"), "--key", certificates.Key("robot")),
            new(A, $"mqtt://{NetworkLab.BrokerFromA}:{TlsPort}", "--publish", Name("*")),
        ];
        foreach (LabBridge bridge in bridges)
        {
            bridge.Until(static bridge => (string)bridge.Status!["connection"]! == "connecting" && (string?)bridge.Status["problem"] is { Length: > 0 });
        }

        Bridge(A, address, "--publish", Name("*"), "--ca", certificates.Authority, "--cert", certificates.Certificate("robot"), "--key", certificates.Key("robot"))
            .UntilConnected();
        Assert.All(bridges, static bridge => Assert.NotEqual("connected", (string)bridge.Status!["connection"]!));
    }

    [Fact]
    public void A_password_comes_from_a_file_and_a_wrong_one_is_told()
    {
        string users = Path.Combine(Folder, "users");
        using (Process made = Process.Start("mosquitto_passwd", ["-b", "-c", users, "robot", "secret-of-the-lab"]))
        {
            made.WaitForExit();
            Assert.Equal(0, made.ExitCode);
        }

        _ = new LabBroker(Lab, $"allow_anonymous false\npassword_file {users}\n");
        LabBridge wrong = BridgeOnA("--publish", Name("*"), "--user", "robot", "--password-file", FileOf("wrong", "guessed"));
        BridgeOnA("--publish", Name("*"), "--user", "robot", "--password-file", FileOf("right", "secret-of-the-lab\n")).UntilConnected();
        wrong.Until(static bridge => (string?)bridge.Status!["problem"] is { Length: > 0 });
        Assert.Equal("connecting", (string)wrong.Status!["connection"]!);
        Assert.DoesNotContain("guessed", wrong.ToString(), StringComparison.Ordinal);
    }
}
