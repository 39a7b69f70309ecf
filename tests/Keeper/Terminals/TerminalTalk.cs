using System.Text;
using Holdfast.Journal;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;

namespace Holdfast.Keeper.Tests.Terminals;

/// <summary>One client's view of a terminal: types, and reads the journal as a page does.</summary>
internal sealed class TerminalTalk(KeeperClient client, TerminalRecord terminal) : IDisposable
{
    private readonly JournalReader _reader = JournalReader.Open(terminal.JournalFolder);
    private readonly KernelWatch _watch = client.WatchTerminal(terminal.Name);
    private readonly StringBuilder _text = new();

    public static TerminalStart Start(KeeperProgram keeper, string? name, params string[] argv) => new()
    {
        Name = name,
        Argv = argv,
        Environment = PythonKernel.Variables,
        WorkingFolder = keeper.Root,
        Root = keeper.Root,
    };

    public static async Task<TerminalTalk> BeginAsync(KeeperClient client, TerminalStart start)
    {
        var reply = await client.StartTerminalAsync(start, TestContext.Current.CancellationToken);
        Assert.True(reply.Ok, reply.Failure?.Message);
        return new TerminalTalk(client, reply.Value);
    }

    public TerminalRecord Record => terminal;

    /// <summary>All that was read so far.</summary>
    public string Text => _text.ToString();

    public async Task TypeAsync(string text) => Assert.True(await client.TypeAsync(terminal.Name, Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken));

    /// <summary>Reads on until the output holds this; fails when the terminal ends first.</summary>
    public async Task SeeAsync(string wanted)
    {
        while (!Text.Contains(wanted, StringComparison.Ordinal)) Assert.True(await ReadAsync(), $"The terminal ended; it showed: {Text}");
    }

    /// <summary>Reads to the end of a terminal that ends; gives its record.</summary>
    public async Task<TerminalRecord> EndAsync(KeeperHome home)
    {
        while (await ReadAsync())
        {
        }

        return TerminalArchive.Find(home, terminal.Name)!;
    }

    /// <summary>The events in the journal.</summary>
    public static List<string> Events(TerminalRecord terminal)
    {
        var events = new List<string>();
        using var reader = JournalReader.Open(terminal.JournalFolder);
        while (reader.TryRead(out var record))
        {
            if (record.Kind == TerminalRecordKind.Event) events.Add(Encoding.UTF8.GetString(record.Payload.Span));
        }

        return events;
    }

    public void Dispose() => _reader.Dispose();

    /// <summary>Reads what there is, waiting when there is nothing; false at the end.</summary>
    private async Task<bool> ReadAsync()
    {
        var more = await _watch.WaitAsync(_reader.NextSequence - 1, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        while (_reader.TryRead(out var record))
        {
            if (record.Kind == TerminalRecordKind.Output) _text.Append(Encoding.UTF8.GetString(record.Payload.Span));
        }

        return more >= 0;
    }
}
