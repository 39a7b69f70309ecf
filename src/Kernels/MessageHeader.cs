namespace Holdfast.Kernels;

/// <summary>The fields of a message header (or parent header) that routing needs.</summary>
/// <param name="MessageId">msg_id, empty when the header is <c>{}</c>.</param>
/// <param name="MessageType">msg_type.</param>
/// <param name="Session">The session of the client that sent it (or of the kernel).</param>
public readonly record struct MessageHeader(string MessageId, string MessageType, string Session)
{
    /// <summary>Reads a header part; false when it is not a JSON object.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, out MessageHeader header) => throw new NotImplementedException();

    /// <summary>Writes a new header with a fresh msg_id, protocol version 5.3 and the time given.</summary>
    public static byte[] Create(string messageType, string session, string username, DateTimeOffset date, out string messageId) => throw new NotImplementedException();
}
