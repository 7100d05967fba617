using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace SharedObjects.Hosting.Registration;

/// <summary>Settings from a section of the configuration: its own for all objects, and those of its <c>Objects:name</c> for one.</summary>
internal sealed class ConfiguredSettings(IConfiguration section) : IConfigureNamedOptions<SharedObjectSettings>
{
    private const string ObjectsKey = "Objects";

    public void Configure(SharedObjectSettings options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, SharedObjectSettings options)
    {
        section.Bind(options);
        if (!string.IsNullOrEmpty(name))
        {
            section.GetSection(ObjectsKey).GetSection(name).Bind(options);
        }
    }
}
