using System.Text.Json;
using Holdfast.Kernels;

namespace Holdfast.Cli.Outputs;

/// <summary>One execution of a cell, as its request says.</summary>
/// <param name="MessageId">msg_id of the execute_request.</param>
/// <param name="Cell">The cell's id; null when the client sent none.</param>
/// <param name="Source">The source that was executed.</param>
/// <param name="At">When, in microseconds since 1970.</param>
internal sealed record Execution(string MessageId, string? Cell, string Source, long At);

/// <summary>Executions whose outputs may still come. Outputs may follow the reply, so the last ended ones are remembered for a while.</summary>
internal sealed class Executions
{
    private const int MostEnded = 256;
    private readonly Dictionary<string, Execution> _known = new(StringComparer.Ordinal);
    private readonly Queue<string> _ended = new();

    public void Begin(string id, in KernelMessage request, long at)
    {
        using var content = JsonDocument.Parse(request.Content);
        using var metadata = JsonDocument.Parse(request.Metadata);
        var source = content.RootElement.TryGetProperty("code", out var code) ? code.GetString() ?? "" : "";
        var cell = metadata.RootElement.ValueKind == JsonValueKind.Object && metadata.RootElement.TryGetProperty("cellId", out var cellId) ? cellId.GetString() : null;
        _known[id] = new Execution(id, cell, source, at);
    }

    public Execution? Find(string id) => _known.GetValueOrDefault(id);

    public void End(string id)
    {
        _ended.Enqueue(id);
        if (_ended.Count > MostEnded) _known.Remove(_ended.Dequeue());
    }
}
