using System.CommandLine;
using Holdfast.Journal;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;

namespace Holdfast.Cli.Outputs;

/// <summary><c>holdfast outputs NOTEBOOK</c>: what the journals hold of a notebook's outputs, from its kernels that run and those that ended.</summary>
internal static class OutputsVerb
{
    public static Command Create()
    {
        var notebook = new Argument<string>("NOTEBOOK") { Description = "The notebook's path." };
        var cell = new Option<string?>("--cell") { Description = "Only the outputs of the cell with this id." };
        var last = new Option<bool>("--last") { Description = "Only the newest kernel of the notebook." };
        var format = Output.Format();
        var command = new Command("outputs", "Print every output of a notebook that was recorded, whether a page saw it or not. Outputs go to stdout, headings to stderr.")
        {
            notebook, cell, last, format,
        };
        command.SetAction((parse, cancellationToken) =>
        {
            var path = Path.GetFullPath(parse.GetValue(notebook)!);
            var kernels = KernelArchive.Of(Surroundings.Home, path);
            if (kernels.Count == 0) return Task.FromResult(Output.Fail(NothingFor(path)));

            if (parse.GetValue(last)) kernels = [kernels[^1]];
            using var stdout = new BufferedStream(Console.OpenStandardOutput(), 64 << 10);
            IOutputSink sink = parse.GetValue(format) == "json" ? new JsonOutputs(stdout) : new TextOutputs(stdout, Console.Error, TimeProvider.System);
            foreach (var kernel in kernels) Print(kernel, parse.GetValue(cell), sink, cancellationToken);
            return Task.FromResult(0);
        });
        return command;
    }

    private static string NothingFor(string path) => File.Exists(path)
        ? $"nothing is recorded of {path}: no cell of it has run under Holdfast with this state folder ({Surroundings.Home.StateFolder})."
        : $"{path} does not exist, and nothing is recorded of a notebook of that path.";

    /// <summary>One pass over the journal; memory holds one record and the open executions' headings.</summary>
    private static void Print(KernelRecord kernel, string? onlyCell, IOutputSink sink, CancellationToken cancellationToken)
    {
        using var reader = JournalReader.Open(kernel.JournalFolder);
        var executions = new Executions();
        sink.BeginKernel(kernel);
        while (reader.TryRead(out var record))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (record.Kind == RecordKind.Event)
            {
                sink.Event(record);
                continue;
            }

            if (!WebSocketV1.TryRead(record.Payload, out var channel, out var message, out _) || !MessageHeader.TryParse(message.Header.Span, out var header)) continue;
            if (record.Kind == RecordKind.ToKernel)
            {
                if (header.MessageType == "execute_request") executions.Begin(header.MessageId, message, record.Timestamp);
                continue;
            }

            if (!MessageHeader.TryParse(message.ParentHeader.Span, out var parent) || executions.Find(parent.MessageId) is not { } execution) continue;
            if (channel == KernelChannel.Shell && header.MessageType == "execute_reply") executions.End(parent.MessageId);
            else if (channel == KernelChannel.IOPub && (onlyCell is null || onlyCell == execution.Cell)) sink.Output(execution, header.MessageType, message, record);
        }

        foreach (var damage in reader.Damage) sink.Damage(damage);
        sink.EndKernel();
    }
}
