using System.Buffers;
using System.Text.Json;
using Holdfast.Lab.Http;
using Holdfast.Notebooks;

namespace Holdfast.Lab.Recording;

/// <summary>What pages are told.</summary>
internal sealed partial class Recorder
{
    /// <summary>Number of the last record of a kernel that is folded; 0 for a kernel that is not known.</summary>
    public long NumberOf(string kernelId)
    {
        lock (_gate)
            return _recordings.GetValueOrDefault(kernelId)?.Number ?? 0;
    }

    /// <summary>How recording of a notebook stands.</summary>
    public RecordingStatus StatusOf(string path)
    {
        CatchUp(path);
        lock (_gate)
        {
            var executions = Of(path);
            return new RecordingStatus(
                PlaceOf(path),
                executions.Count(each => !each.Execution.IsOver),
                executions.Max(each => each.Execution.LastOutput),
                _progress.GetValueOrDefault(path)?.Problem);
        }
    }

    /// <summary>The content of a <c>holdfast_fold</c> message, and of which requests it holds the outputs up to which number.</summary>
    public RecordFold FoldFor(string kernelId, FoldRequest request)
    {
        CatchUp(request.Path);
        var file = ReadFile(request.Path);
        lock (_gate)
        {
            var executions = Of(request.Path);
            var found = file is null ? [] : NotebookFold.Find(file, [.. executions.Select(each => each.Execution)], _stated.GetValueOrDefault(request.Path))
                .ToDictionary(place => place.Execution);
            var content = new ArrayBufferWriter<byte>();
            var number = NumberOf(kernelId);
            var requests = new Dictionary<string, long>(StringComparer.Ordinal);
            using (var json = new Utf8JsonWriter(content, MessageJson.Relaxed))
            {
                json.WriteStartObject();
                json.WriteString("path"u8, request.Path);
                json.WriteNumber("number"u8, number);
                json.WriteStartArray("executions"u8);
                foreach (var (recording, execution) in executions)
                {
                    // What has ended in another kernel's journal is in the file; its numbers mean nothing here.
                    if (execution.IsDropped || (execution.IsOver && (execution.Changed <= request.Since || recording.Kernel.Id != kernelId)))
                        continue;
                    var index = found.TryGetValue(execution, out var place) && !place.IsInserted ? place.Index : -1;
                    WriteExecution(json, recording, execution, index, file);
                    requests[execution.MessageId] = execution.StreamBytes;
                }
                json.WriteEndArray();
                json.WriteString("problem"u8, _progress.GetValueOrDefault(request.Path)?.Problem);
                json.WriteEndObject();
            }
            return new RecordFold(content.WrittenMemory, number, requests);
        }
    }

    private static void WriteExecution(Utf8JsonWriter json, KernelRecording recording, Execution execution, int index, NotebookDocument? file)
    {
        json.WriteStartObject();
        json.WriteString("msg_id"u8, execution.MessageId);
        json.WriteString("cell"u8, execution.CellId);
        json.WriteNumber("index"u8, index);
        if (file is not { Major: 4, Minor: >= 5 })
            json.WriteString("source"u8, execution.Source);
        json.WriteString("state"u8, execution.IsOver || execution.State is ExecutionState.Queued ? execution.State.ToString().ToLowerInvariant() : "running");
        if (execution.Count is { } count)
            json.WriteNumber("execution_count"u8, count);
        else
            json.WriteNull("execution_count"u8);
        if (execution.Started is { } started)
            json.WriteString("started"u8, ApiJson.Time(started));
        if (execution.LastOutput is { } last)
            json.WriteString("last_output"u8, ApiJson.Time(last));
        json.WriteBoolean("clear_next"u8, execution.ClearNext);
        json.WritePropertyName("outputs"u8);
        if (execution is { State: ExecutionState.Lost, HasBegun: false } && index >= 0)
            json.WriteRawValue(file!.Cells[index].OutputsJson.Span, skipInputValidation: true);
        else
            recording.Outputs.Write(json, execution, OutputLimit.Page, withTransient: true);
        if (execution.Input != 0 && recording.Outputs.Read(execution.Input) is { } question)
        {
            json.WriteStartObject("input_request"u8);
            json.WritePropertyName("header"u8);
            json.WriteRawValue(question.Header.Span, skipInputValidation: true);
            json.WritePropertyName("parent_header"u8);
            json.WriteRawValue(question.ParentHeader.Span, skipInputValidation: true);
            json.WritePropertyName("metadata"u8);
            json.WriteRawValue(question.Metadata.Span, skipInputValidation: true);
            json.WritePropertyName("content"u8);
            json.WriteRawValue(question.Content.Span, skipInputValidation: true);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private NotebookDocument? ReadFile(string path)
    {
        try
        {
            var full = Path.Join(_options.Root, path);
            return File.Exists(full) && NotebookDocument.Parse(File.ReadAllBytes(full)).TryGet(out var document, out _) ? document.Upgrade() : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>How recording of a notebook stands.</summary>
/// <param name="Place">Up to where it is recorded; null without a kernel that runs.</param>
/// <param name="Running">How many executions are queued or running.</param>
/// <param name="LastOutput">When the last output came; null for never.</param>
/// <param name="Problem">Why the file cannot be written; null when all is well.</param>
internal sealed record RecordingStatus(RecordedPlace? Place, int Running, DateTimeOffset? LastOutput, string? Problem);

/// <summary>A record as it goes to a page.</summary>
/// <param name="Content">The content of the message.</param>
/// <param name="Number">Up to which number of the journal it is true.</param>
/// <param name="Requests">The executions it holds, with the bytes of their streams: their outputs up to that number are not to be sent besides.</param>
internal sealed record RecordFold(ReadOnlyMemory<byte> Content, long Number, IReadOnlyDictionary<string, long> Requests);
