using System.Text.Json;
using Holdfast.Kernels;

namespace Holdfast.Cli.Outputs;

/// <summary>One execution of a cell, as its request says.</summary>
/// <param name="MessageId">msg_id of the execute_request.</param>
/// <param name="Cell">The cell's id; null when the client sent none.</param>
/// <param name="FirstLine">The first line of the source, cut to 200 characters.</param>
/// <param name="At">When, in microseconds since 1970.</param>
internal sealed record Execution(string MessageId, string? Cell, string FirstLine, long At);

/// <summary>Executions whose outputs may still come. Outputs may follow the reply, so the last ended ones are remembered for a while.</summary>
internal sealed class Executions
{
    private const int MostEnded = 256;
    private const int LongestLine = 200;
    private readonly Dictionary<string, Execution> _known = new(StringComparer.Ordinal);
    private readonly Queue<string> _ended = new();

    public Execution Begin(string id, in KernelMessage request, long at) =>
        _known[id] = new Execution(id, Text(request.Metadata, "cellId"), FirstLineOf(Text(request.Content, "code")), at);

    public Execution? Find(string id) => _known.GetValueOrDefault(id);

    public void End(string id)
    {
        _ended.Enqueue(id);
        if (_ended.Count > MostEnded) _known.Remove(_ended.Dequeue());
    }

    private static string FirstLineOf(string? source)
    {
        var line = source.AsSpan().Trim();
        if (line.IndexOfAny('\n', '\r') is >= 0 and var end) line = line[..end];
        return line.Length > LongestLine ? $"{line[..LongestLine]}…" : line.ToString();
    }

    /// <summary>A string in an object that a client sent; null when there is none.</summary>
    private static string? Text(ReadOnlyMemory<byte> json, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair.
            return null;
        }
    }
}
