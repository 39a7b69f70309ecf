using System.Buffers;
using System.Globalization;
using System.Text;

namespace Holdfast.Cli.Notebooks;

/// <summary>
/// Git's pkt-lines (gitprotocol-common): four hexadecimal digits for the length, themselves included, then the bytes; <c>0000</c> ends a list.
/// </summary>
/// <param name="input">What git sends.</param>
/// <param name="output">What git hears; written when it is flushed.</param>
internal sealed class FilterPackets(Stream input, Stream output)
{
    private const int Longest = 65516;

    private readonly byte[] _packet = new byte[Longest + 4];

    /// <summary>The texts up to the end of a list, without line ends; null when git has nothing more to say.</summary>
    /// <exception cref="IOException">What came is no list of packets.</exception>
    public List<string>? ReadList()
    {
        var texts = new List<string>();
        if (!TryRead(out var packet)) return null;
        for (; packet is not null; packet = Read()) texts.Add(Encoding.UTF8.GetString(packet.Value.Span).TrimEnd('\n'));
        return texts;
    }

    /// <summary>Reads content up to the end of its packets.</summary>
    public void ReadContent(ArrayBufferWriter<byte> content)
    {
        while (Read() is { } packet) content.Write(packet.Span);
    }

    public void WriteList(params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts) Write(Encoding.UTF8.GetBytes(text + "\n"));
        output.Write("0000"u8);
    }

    public void WriteContent(ReadOnlySpan<byte> content)
    {
        for (; content.Length > Longest; content = content[Longest..]) Write(content[..Longest]);
        if (!content.IsEmpty) Write(content);
        output.Write("0000"u8);
    }

    public void Flush() => output.Flush();

    private void Write(ReadOnlySpan<byte> packet)
    {
        output.Write(Encoding.ASCII.GetBytes((packet.Length + 4).ToString("x4", CultureInfo.InvariantCulture)));
        output.Write(packet);
    }

    private ReadOnlyMemory<byte>? Read() => TryRead(out var packet) ? packet : throw new IOException("git went away in the middle of a request.");

    /// <summary>Reads a packet, null for the end of a list; false at the end of the stream.</summary>
    private bool TryRead(out ReadOnlyMemory<byte>? packet)
    {
        packet = null;
        var read = input.ReadAtLeast(_packet.AsSpan(0, 4), 4, throwOnEndOfStream: false);
        if (read == 0) return false;
        if (read < 4 || !int.TryParse(_packet.AsSpan(0, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length) || length is not (0 or >= 4) || length > _packet.Length)
            throw new IOException("what came on standard input is not what git sends to a filter.");
        if (length == 0) return true;
        input.ReadExactly(_packet, 0, length - 4);
        packet = _packet.AsMemory(0, length - 4);
        return true;
    }
}
