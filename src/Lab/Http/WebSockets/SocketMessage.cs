namespace Holdfast.Lab.Http.WebSockets;

/// <summary>A whole message from a client.</summary>
/// <param name="IsText">True for text (checked to be UTF-8), false for binary.</param>
/// <param name="Data">Its bytes, valid until the next receive on that socket.</param>
internal readonly record struct SocketMessage(bool IsText, ReadOnlyMemory<byte> Data);

/// <summary>Why a socket must close.</summary>
/// <param name="Code">See <see cref="CloseCode"/>.</param>
/// <param name="Reason">For the close frame, at most 120 bytes of UTF-8.</param>
internal sealed record SocketFault(ushort Code, string Reason);
