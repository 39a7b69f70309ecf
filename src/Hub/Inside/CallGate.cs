using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Holdfast.Hub.Inside;

/// <summary>
/// The way of a hub on another computer to the verbs of <c>holdfast inside</c>: who connects writes the verb and a line feed, then the order and its end, and reads the answer. What a call leaves running
/// is the machine's; what a step of a scheduler has started would end with that step.
/// </summary>
public sealed class CallGate : IAsyncDisposable
{
    private const int LongestVerb = 16, Backlog = 16;

    private readonly Socket _listener;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _accepting;

    private CallGate(Socket listener)
    {
        _listener = listener;
        _accepting = Accepting.RunAsync(listener, ServeAsync, _ended.Token);
    }

    /// <summary>Listens, 0600.</summary>
    /// <param name="path">Of the socket.</param>
    public static CallGate Open(string path)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen(Backlog);
        return new CallGate(listener);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ended.Dispose();
    }

    private async Task ServeAsync(Socket client)
    {
        await using var line = new NetworkStream(client, ownsSocket: true);
        try
        {
            var verb = Encoding.Latin1.GetString(await FirstLine.ReadAsync(line, LongestVerb, _ended.Token));
            if (verb is not ("desktop" or "job" or "keep")) return;
            using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["inside", verb]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            try
            {
                await using (var input = process.StandardInput.BaseStream) await line.CopyToAsync(input, _ended.Token);
                await process.StandardOutput.BaseStream.CopyToAsync(line, _ended.Token);
                await process.WaitForExitAsync(_ended.Token);
            }
            catch
            {
                process.Kill();
                throw;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // Who asked has gone, or the machine ends.
        }
    }
}
