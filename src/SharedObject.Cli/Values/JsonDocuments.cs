using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace SharedObjects.Cli.Values;

/// <summary>The JSON values of a file, which may stand one behind the other (JSON lines) or be one over many lines.</summary>
internal sealed class JsonDocuments : IDisposable
{
    private readonly List<JsonDocument> _documents = [];

    internal IEnumerable<JsonElement> All => _documents.Select(document => document.RootElement);

    /// <exception cref="FormatException">It is no JSON.</exception>
    internal static JsonDocuments Parse(byte[] utf8)
    {
        var documents = new JsonDocuments();
        try
        {
            var options = new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = ValueInput.MaxJsonDepth };
            var reader = new Utf8JsonReader(utf8, options);
            while (reader.Read())
            {
                documents._documents.Add(JsonDocument.ParseValue(ref reader));
            }

            return documents;
        }
        catch (JsonException e)
        {
            documents.Dispose();
            throw ValueInput.NotJson(e);
        }
        catch
        {
            documents.Dispose();
            throw;
        }
    }

    public void Dispose() => _documents.ForEach(document => document.Dispose());
}
