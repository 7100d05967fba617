using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace SharedObjects.Bridging.Hosting;

/// <summary>Options from a section of the configuration.</summary>
internal sealed class ConfiguredOptions(IConfiguration section) : IConfigureOptions<BridgeOptions>
{
    public void Configure(BridgeOptions options) => section.Bind(options);
}
