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
        var notebook = new Argument<string>("NOTEBOOK") { Description = "The notebook's path, as it is or was when its cells ran." };
        var cell = new Option<string?>("--cell") { Description = "Only the outputs of the cell with this id.", HelpName = "ID" };
        var last = new Option<bool>("--last") { Description = "Only the newest kernel of the notebook." };
        var format = Output.Format("json, one object a line");
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
            using var stdout = new BufferedStream(new StandardOutput(), 64 << 10);
            IOutputSink sink = parse.GetValue(format) == "json" ? new JsonOutputs(stdout) : new TextOutputs(stdout, Console.Error, TimeProvider.System);
            var onlyCell = parse.GetValue(cell);
            var ran = false;
            foreach (var kernel in kernels) ran |= Print(kernel, onlyCell, sink, cancellationToken);
            return Task.FromResult(onlyCell is null || ran ? 0 : Output.Fail($"no run of a cell '{onlyCell}' is recorded of {path}."));
        });
        return command;
    }

    private static string NothingFor(string path) => File.Exists(path)
        ? $"nothing is recorded of {path}: no cell of it has run under Holdfast with this state folder ({Surroundings.Home.StateFolder})."
        : $"{path} does not exist, and nothing is recorded of a notebook of that path.";

    /// <summary>One pass over the journal; memory holds one record and the open executions' headings. Tells whether the cell asked for has run.</summary>
    private static bool Print(KernelRecord kernel, string? onlyCell, IOutputSink sink, CancellationToken cancellationToken)
    {
        using var reader = JournalReader.Open(kernel.JournalFolder);
        var executions = new Executions();
        var (ran, damages) = (false, 0);
        sink.BeginKernel(kernel);
        while (reader.TryRead(out var record))
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (damages < reader.Damage.Count) sink.Damage(reader.Damage[damages++]);
            if (record.Kind == RecordKind.Event)
            {
                sink.Event(record);
                continue;
            }

            if (!WebSocketV1.TryRead(record.Payload, out var channel, out var message, out var fault) || !MessageHeader.TryParse(message.Header.Span, out var header))
            {
                sink.Unreadable(record, fault ?? "The message's header is not JSON.");
                continue;
            }

            if (record.Kind == RecordKind.ToKernel)
            {
                if (header.MessageType == "execute_request") ran |= executions.Begin(header.MessageId, message, record.Timestamp).Cell == onlyCell;
                continue;
            }

            if (!MessageHeader.TryParse(message.ParentHeader.Span, out var parent) || executions.Find(parent.MessageId) is not { } execution) continue;
            if (channel == KernelChannel.Shell && header.MessageType == "execute_reply") executions.End(parent.MessageId);
            else if (channel == KernelChannel.IOPub && (onlyCell is null || onlyCell == execution.Cell)) sink.Output(execution, header.MessageType, message, record);
        }

        while (damages < reader.Damage.Count) sink.Damage(reader.Damage[damages++]);
        sink.EndKernel();
        return ran;
    }
}
