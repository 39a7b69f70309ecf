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
        var save = new Option<string?>("--save") { Description = "Also save the pictures and pages of displays (png, jpeg, svg, html) as numbered files in this new or empty folder.", HelpName = "DIR" };
        var raw = new Option<bool>("--raw") { Description = "Into a pipe or file, too, as it was printed: colours, and every step of a progress bar." };
        var format = Output.Format("json, one object a line");
        var command = new Command("outputs", "Print every output of a notebook that was recorded, whether a page saw it or not. Outputs go to stdout, headings to stderr.")
        {
            notebook, cell, last, save, raw, format,
        };
        command.SetAction((parse, cancellationToken) =>
        {
            var path = Path.GetFullPath(parse.GetValue(notebook)!);
            if (Directory.Exists(path)) return Task.FromResult(Output.Fail($"{parse.GetValue(notebook)} is a folder; name a notebook in it."));
            var kernels = KernelArchive.Of(Surroundings.Home, path);
            if (kernels.Count == 0) return Task.FromResult(Output.Fail(NothingFor(path, parse.GetValue(notebook)!)));

            if (parse.GetValue(last)) kernels = [kernels[^1]];
            var pictures = parse.GetValue(save) is { } folder ? new PictureFolder(folder) : null;
            if (pictures?.Prepare() is { } problem) return Task.FromResult(Output.Fail(problem));
            using var stdout = new BufferedStream(new StandardOutput(), 64 << 10);
            using var plain = Console.IsOutputRedirected && !parse.GetValue(raw) ? new PlainText(stdout) : null;
            IOutputSink sink = parse.GetValue(format) == "json" ? new JsonOutputs(stdout) : new TextOutputs((Stream?)plain ?? stdout, Console.Error, TimeProvider.System);
            var onlyCell = parse.GetValue(cell);
            var ran = false;
            foreach (var kernel in kernels) ran |= Print(kernel, onlyCell, sink, pictures, cancellationToken);
            if (pictures is not null) Console.Error.WriteLine($"-- {Output.Count(pictures.Count, "file")} saved in {pictures.Folder}");
            return Task.FromResult(onlyCell is null || ran ? 0 : Output.Fail($"no run of a cell '{onlyCell}' is recorded of {path}."));
        });
        return command;
    }

    private static string NothingFor(string path, string asked) => (File.Exists(path)
        ? $"nothing is recorded of {path}: no cell of it has run under Holdfast with this state folder ({Surroundings.Home.StateFolder})."
        : $"{path} does not exist, and nothing is recorded of a notebook of that path.") + Meant(asked);

    /// <summary>The one recorded notebook whose path ends as asked: its lab may serve another folder than the one people are in.</summary>
    private static string Meant(string asked)
    {
        var end = Path.GetFullPath(asked, "/");
        var meant = KernelArchive.All(Surroundings.Home).SelectMany(kernel => kernel.Documents).Distinct().Where(document => document.EndsWith(end, StringComparison.Ordinal)).Take(2).ToList();
        return meant is [var one] ? $" Did you mean {one}?" : "";
    }

    /// <summary>One pass over the journal; memory holds one record and the open executions' headings. Tells whether the cell asked for has run.</summary>
    private static bool Print(KernelRecord kernel, string? onlyCell, IOutputSink sink, PictureFolder? pictures, CancellationToken cancellationToken)
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
            else if (channel == KernelChannel.IOPub && (onlyCell is null || onlyCell == execution.Cell))
            {
                sink.Output(execution, header.MessageType, message, record);
                pictures?.Save(execution, header.MessageType, message);
            }
        }

        while (damages < reader.Damage.Count) sink.Damage(reader.Damage[damages++]);
        sink.EndKernel();
        return ran;
    }
}
