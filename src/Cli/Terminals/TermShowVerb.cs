using System.CommandLine;
using System.Text;
using Holdfast.Journal;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Terminals;

namespace Holdfast.Cli.Terminals;

/// <summary><c>holdfast term show NAME</c>: all that a terminal has shown, also when it has ended.</summary>
internal static class TermShowVerb
{
    public static Command Create()
    {
        var name = TermVerb.Name();
        var raw = new Option<bool>("--raw") { Description = "The bytes as programs wrote them." };
        var command = new Command("show", "Print the record of a terminal as plain text: every line as it was when it left the screen, then the screen. What full-screen programs drew is left out.") { name, raw };
        command.SetAction(parse =>
        {
            if (TerminalArchive.Find(Surroundings.Home, parse.GetValue(name)!) is not { } terminal) return Output.Fail($"no terminal '{parse.GetValue(name)}' is recorded. '{Surroundings.Program} term ls --all' lists them.");
            using var stdout = new BufferedStream(new StandardOutput(), 64 << 10);
            using var reader = JournalReader.Open(terminal.JournalFolder);
            if (parse.GetValue(raw)) WriteRaw(reader, stdout);
            else WriteText(reader, stdout);
            stdout.Flush();
            foreach (var damage in reader.Damage) Console.Error.WriteLine($"-- missing: {damage.Reason}");
            if (terminal.Note is { } note) Console.Error.WriteLine($"-- {note}");
            return 0;
        });
        return command;
    }

    private static void WriteRaw(JournalReader reader, Stream output)
    {
        while (reader.TryRead(out var record))
        {
            if (record.Kind == TerminalRecordKind.Output) output.Write(record.Payload.Span);
        }
    }

    private static void WriteText(JournalReader reader, Stream output)
    {
        var first = true;
        var screen = new TerminalScreen(TerminalSize.Default.Rows, TerminalSize.Default.Columns) { RowGone = Write };
        while (reader.TryRead(out var record)) RecordedScreen.Apply(screen, record);
        // A full-screen program that still runs: what is behind it.
        screen.Feed("\x18\e[?1047l"u8);
        foreach (var line in screen.Lines().Reverse().SkipWhile(line => line.Length == 0).Reverse()) Write(line, wrapped: false);
        if (!first) output.WriteByte((byte)'\n');

        void Write(string row, bool wrapped)
        {
            if (!first && !wrapped) output.WriteByte((byte)'\n');
            first = false;
            output.Write(Encoding.UTF8.GetBytes(row));
        }
    }
}
