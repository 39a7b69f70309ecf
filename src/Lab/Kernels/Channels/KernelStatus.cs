using System.Text;
using System.Text.Json;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;

namespace Holdfast.Lab.Kernels.Channels;

/// <summary>The lab's own <c>status</c> messages on iopub: with an empty parent, as jupyter_server sends them when a kernel restarts or dies.</summary>
internal static class KernelStatus
{
    /// <summary>How many records back the kernel's session name is looked for.</summary>
    private const int LookBack = 16;

    /// <summary>Bytes of a status message's content, at most.</summary>
    private const int LongestContent = 256;

    /// <summary>Writes a status message in the layout of <see cref="WebSocketV1"/>.</summary>
    /// <param name="state">The execution_state.</param>
    /// <param name="kernelSession">
    /// The session of the kernel's messages. JupyterLab drops what it has not handled yet when a message of another session comes, so the
    /// lab speaks with the kernel's.
    /// </param>
    /// <param name="now">The message's date.</param>
    public static byte[] Create(string state, string kernelSession, DateTimeOffset now)
    {
        var message = new KernelMessage(
            MessageHeader.Create("status", kernelSession, "holdfast", now, out _),
            "{}"u8.ToArray(),
            "{}"u8.ToArray(),
            Encoding.UTF8.GetBytes($$"""{"execution_state": "{{state}}"}"""),
            []);
        var bytes = new byte[WebSocketV1.Measure(KernelChannel.IOPub, message)];
        WebSocketV1.Write(KernelChannel.IOPub, message, bytes);
        return bytes;
    }

    /// <summary>The session of the kernel's last messages up to <paramref name="sequence"/>; a new one when there are none.</summary>
    public static string SessionAt(string journalFolder, long sequence)
    {
        var session = "";
        using var reader = JournalReader.Open(journalFolder);
        reader.Seek(Math.Max(1, sequence - LookBack));
        while (reader.NextSequence <= sequence && reader.TryRead(out var record))
        {
            if (record.Kind == RecordKind.FromKernel && WebSocketV1.TryRead(record.Payload, out _, out var message, out _)
                && MessageHeader.TryParse(message.Header.Span, out var header) && header.Session.Length > 0)
                session = header.Session;
        }
        return session.Length > 0 ? session : Guid.NewGuid().ToString();
    }

    /// <summary>The execution_state of a kernel's own status message; null of any other message.</summary>
    public static string? Of(in KernelMessage message)
    {
        // Looked at without reading the header: nearly all messages are others.
        if (message.Content.Length > LongestContent || message.Content.Span.IndexOf("\"execution_state\""u8) < 0)
            return null;
        try
        {
            var json = new Utf8JsonReader(message.Content.Span);
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 1 && json.ValueTextEquals("execution_state"u8) && json.Read())
                    return json.TokenType == JsonTokenType.String ? json.GetString() : null;
            }
        }
        catch (JsonException)
        {
            // Pages are sent what kernels say, whatever it is.
        }
        return null;
    }

    /// <summary>
    /// What pages are told of a keeper's event; null for nothing. A restart that somebody asked for is not announced: the page that asked
    /// knows, and to the others <c>restarting</c> means that the kernel died.
    /// </summary>
    public static string? Of(ReadOnlySpan<byte> keeperEvent)
    {
        string? name = null;
        var asked = false;
        var json = new Utf8JsonReader(keeperEvent);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1)
                continue;
            if (json.ValueTextEquals("event"u8) && json.Read())
                name = json.GetString();
            else if (json.ValueTextEquals("asked"u8) && json.Read())
                asked = json.TokenType == JsonTokenType.True;
        }
        return name == "dead" || (name == "restarting" && !asked) ? name : null;
    }
}
