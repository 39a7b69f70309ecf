using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Holdfast.Lab.Bench.Servers;

/// <summary>Asks for <c>/api</c> over a bare socket: refused connections cost no exception, which would slow down what is measured.</summary>
internal static class StartProbe
{
    public static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var connecting = new SocketAsyncEventArgs { RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, port) };
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connecting.Completed += (_, _) => connected.TrySetResult();
        if (socket.ConnectAsync(connecting)) await connected.Task.WaitAsync(cancellationToken);
        if (connecting.SocketError != SocketError.Success) return false;

        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /api HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: token {BenchServer.Token}\r\nConnection: close\r\n\r\n"), cancellationToken);
        var answer = new byte[16];
        var length = 0;
        while (length < answer.Length && await socket.ReceiveAsync(answer.AsMemory(length), cancellationToken) is > 0 and var read) length += read;
        return Encoding.ASCII.GetString(answer, 0, length).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
    }
}
