using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Podman;

/// <summary>A command inside a container. Frames of its output: stream (1 stdout, 2 stderr, else Podman's own words), three zeros, length in four bytes.</summary>
internal static class PodmanExec
{
    private const int ProgramMissing = 127, NotExecutable = 126;

    public static async Task<EngineResult<ExecResult>> RunAsync(PodmanApi api, string id, ExecCommand command, CancellationToken cancellationToken)
    {
        var made = await api.PostAsync($"/containers/{ContainerSpec.Name(id)}/exec", Body(command), cancellationToken);
        if (!made.Ok) return made.Fault(api.Socket, made.Status switch { 404 => "not-found", 409 => "not-running", _ => "start-failed" }, $"{command.Argv[0]} was not started in '{id}'");
        var exec = $"/exec/{made.Read(PodmanJson.Default.PodmanId).Id}";
        try
        {
            var (stream, refusal) = await api.UpgradeAsync($"{exec}/start", "{}", cancellationToken);
            if (stream is null) return refusal.Fault(api.Socket, "start-failed", $"{command.Argv[0]} was not started in '{id}'");
            await using var connection = stream;
            var (output, error, problem) = (new Kept(command.MostOutput), new Kept(command.MostOutput), new Kept(command.MostOutput));
            var reading = ReadAsync(stream, output, error, problem, cancellationToken);
            await WriteAsync(stream, command.Input, cancellationToken);
            await reading;
            var state = await EndAsync(api, exec, cancellationToken);
            if (state is null) return new PodmanReply(0, []).Fault(api.Socket, "unavailable", "");
            return problem.Text is { Length: > 0 } words && state.ExitCode is ProgramMissing or NotExecutable
                ? new EngineFault("start-failed", $"{command.Argv[0]} does not start in '{id}': {words.Trim()}")
                : new ExecResult(state.ExitCode, output.Text, error.Text);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return new PodmanReply(0, [], Problem: e.Message).Fault(api.Socket, "unavailable", "");
        }
        catch (OperationCanceledException)
        {
            // Podman lets a command run on whose connection is gone.
            if (await StateAsync(api, exec, CancellationToken.None) is { Running: true } state) LocalProcess.KillGroup(state.Pid);
            throw;
        }
    }

    private static async Task<ExecState?> StateAsync(PodmanApi api, string exec, CancellationToken cancellationToken)
    {
        var reply = await api.GetAsync($"{exec}/json", cancellationToken);
        return reply.Ok ? reply.Read(PodmanJson.Default.ExecState) : null;
    }

    /// <summary>The output ends a moment before the command is known to have ended.</summary>
    private static async Task<ExecState?> EndAsync(PodmanApi api, string exec, CancellationToken cancellationToken)
    {
        var state = await StateAsync(api, exec, cancellationToken);
        for (; state is { Running: true }; state = await StateAsync(api, exec, cancellationToken)) await Task.Delay(5, cancellationToken);
        return state;
    }

    private static async Task WriteAsync(NetworkStream stream, ReadOnlyMemory<byte>? input, CancellationToken cancellationToken)
    {
        if (input is not { } bytes) return;
        try
        {
            await stream.WriteAsync(bytes, cancellationToken);
            stream.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The command has ended without reading all: that is its right.
        }
    }

    private static async Task ReadAsync(NetworkStream stream, Kept output, Kept error, Kept problem, CancellationToken cancellationToken)
    {
        var head = new byte[8];
        var buffer = new byte[32 << 10];
        while (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken) == head.Length)
        {
            var kept = head[0] switch { 1 => output, 2 => error, _ => problem };
            for (var rest = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(4)); rest > 0;)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(rest, buffer.Length)), cancellationToken);
                if (read == 0) return;
                kept.Add(buffer.AsSpan(0, read));
                rest -= (uint)read;
            }
        }
    }

    private static byte[] Body(ExecCommand command)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("Cmd");
            foreach (var word in command.Argv) json.WriteStringValue(word);
            json.WriteEndArray();
            json.WriteBoolean("AttachStdin", command.Input is not null);
            json.WriteBoolean("AttachStdout", true);
            json.WriteBoolean("AttachStderr", true);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The beginning of a stream.</summary>
    private sealed class Kept(int most)
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public string Text => Encoding.UTF8.GetString(_bytes.WrittenSpan);

        public void Add(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes[..Math.Min(bytes.Length, most - _bytes.WrittenCount)]);
    }
}
