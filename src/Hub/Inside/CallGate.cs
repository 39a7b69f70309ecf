using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Hub.Inside;

/// <summary>
/// What has a machine on another computer run programs for its hub: who connects writes program and arguments, a JSON array and a line feed, and has its standard input and output from then on. What a
/// program leaves running is the machine's; what a step of a scheduler has started would end with that step.
/// </summary>
public sealed class CallGate : IAsyncDisposable
{
    private const int LongestCommand = 256 << 10, Backlog = 128;

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
            if (JsonSerializer.Deserialize(await FirstLine.ReadAsync(line, LongestCommand, _ended.Token), CallJson.Default.StringArray) is not [var program, .. var arguments]) return;
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            _ = CarryAsync(line, process.StandardInput.BaseStream);
            try
            {
                await process.StandardOutput.BaseStream.CopyToAsync(line, _ended.Token);
                await process.WaitForExitAsync(_ended.Token);
            }
            catch
            {
                process.Kill();
                throw;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException or JsonException or Win32Exception)
        {
            // Who asked has gone, the machine ends, or there is no such program here: then there is no answer.
        }
    }

    /// <summary>Who asks and goes ends the input, as a client of a server on standard input and output does.</summary>
    private async Task CarryAsync(NetworkStream line, Stream input)
    {
        try
        {
            await using (input) await line.CopyToAsync(input, _ended.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // One of both has gone.
        }
    }
}

/// <summary>Program and arguments.</summary>
[JsonSerializable(typeof(string[]))]
internal sealed partial class CallJson : JsonSerializerContext;
