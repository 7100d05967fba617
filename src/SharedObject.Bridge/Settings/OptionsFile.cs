using System.IO;
using System.Text.Json;
using System.Text.Json.Serialization;
using SharedObjects.Bridging.Internals;

namespace SharedObjects.Bridging.Settings;

/// <summary>Options in a JSON file, read by generated code.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(BridgeOptions))]
internal sealed partial class OptionsFile : JsonSerializerContext
{
    internal static BridgeOptions Read(string file)
    {
        byte[] text = File.ReadAllBytes(file);
        try
        {
            return JsonSerializer.Deserialize(text, Default.BridgeOptions) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw Error.BadFile(file, e);
        }
    }
}
