using System.Text;
using System.Text.Json;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;

namespace Holdfast.Cli.Tests.Running;

/// <summary>A kernel that has ended, and its journal as the keeper would have written it.</summary>
internal sealed class RecordedKernel : IDisposable
{
    private readonly JournalWriter _journal;

    public RecordedKernel(Place place, string notebook)
    {
        var folder = Path.Combine(place.Home.KernelsFolder, "k1");
        place.Write($"state/kernels/k1/kernel.json", JsonSerializer.Serialize(new
        {
            record = new
            {
                id = "k1",
                spec_name = "python3",
                display_name = "Python 3",
                root = place.Notebooks,
                folder,
                working_folder = place.Notebooks,
                execution_state = "dead",
                started = DateTimeOffset.UnixEpoch,
                last_activity = DateTimeOffset.UnixEpoch,
                documents = new[] { notebook },
            },
            argv = Array.Empty<string>(),
        }));
        Journal = Path.Combine(folder, "journal");
        _journal = JournalWriter.Open(Journal);
    }

    public string Journal { get; }

    /// <summary>A request to run the cell, and its msg_id.</summary>
    public void Runs(string cell, string source = "run()") => Message(
        RecordKind.ToKernel, KernelChannel.Shell, "execute_request", "", JsonSerializer.Serialize(new { code = source }), JsonSerializer.Serialize(new { cellId = cell }), $"request-{cell}");

    /// <summary>An output of the cell, with any bytes as content.</summary>
    public void Sends(string cell, string type, string content) => Sends(cell, type, Encoding.UTF8.GetBytes(content));

    public void Sends(string cell, string type, byte[] content) => Append(RecordKind.FromKernel, KernelChannel.IOPub, Header(type, "m"), Header("execute_request", $"request-{cell}"), "{}"u8.ToArray(), content);

    /// <summary>A record with any bytes at all.</summary>
    public void Records(byte kind, ReadOnlySpan<byte> payload)
    {
        _journal.Append(kind, payload);
        _journal.Flush();
    }

    public void Message(byte kind, KernelChannel channel, string type, string parent, string content, string metadata, string id) =>
        Append(kind, channel, Header(type, id), parent.Length == 0 ? "{}"u8.ToArray() : Header("execute_request", parent), Encoding.UTF8.GetBytes(metadata), Encoding.UTF8.GetBytes(content));

    public void Dispose() => _journal.Dispose();

    private static byte[] Header(string type, string id) => JsonSerializer.SerializeToUtf8Bytes(new { msg_id = id, msg_type = type });

    private void Append(byte kind, KernelChannel channel, byte[] header, byte[] parent, byte[] metadata, byte[] content)
    {
        var message = new KernelMessage(header, parent, metadata, content, []);
        var payload = new byte[WebSocketV1.Measure(channel, message)];
        WebSocketV1.Write(channel, message, payload);
        Records(kind, payload);
    }
}
