namespace Holdfast.Lab.Http.WebSockets;

/// <summary>Why a WebSocket closes (RFC 6455 §7.4.1 and the IANA registry).</summary>
internal static class CloseCode
{
    /// <summary>Done as agreed. JupyterLab does not come back after it.</summary>
    public const ushort Normal = 1000;
    /// <summary>The peer broke the protocol.</summary>
    public const ushort ProtocolError = 1002;
    /// <summary>Text that is not UTF-8.</summary>
    public const ushort InvalidPayload = 1007;
    /// <summary>A message longer than we take.</summary>
    public const ushort TooBig = 1009;
    /// <summary>Something failed here.</summary>
    public const ushort InternalError = 1011;
    /// <summary>The server restarts; clients come back.</summary>
    public const ushort ServiceRestart = 1012;

    /// <summary>Whether a peer may send this code in a close frame.</summary>
    public static bool MayBeSent(ushort code) => code is >= 1000 and <= 1014 and not (1004 or 1005 or 1006) or >= 3000 and <= 4999;
}
