using System;
using Microsoft.Extensions.Logging;

namespace SharedObjects.Hosting.Tests.Support;

internal sealed record LogLine(string Category, LogLevel Level, int EventId, string Text, Exception? Exception);
