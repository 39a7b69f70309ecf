namespace Holdfast.Hub.Inside;

/// <summary>The line that begins a connection, before bytes that are somebody else's.</summary>
public static class FirstLine
{
    /// <summary>Reads it, without its line feed; what there is at the end of the stream, and of a longer one its beginning.</summary>
    /// <param name="stream">The connection: nothing behind the line is taken.</param>
    /// <param name="longest">So many bytes at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<byte[]> ReadAsync(Stream stream, int longest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var (line, one) = (new List<byte>(), new byte[1]);
        while (line.Count < longest && await stream.ReadAsync(one, cancellationToken) == 1 && one[0] != '\n') line.Add(one[0]);
        return [.. line];
    }
}
