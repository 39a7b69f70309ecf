using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;

namespace Holdfast.Kernels;

/// <summary>A kernel's connection file (jupyter_client "Connection files").</summary>
public sealed record ConnectionInfo
{
    /// <summary><c>ipc</c> or <c>tcp</c>.</summary>
    public required string Transport { get; init; }
    /// <summary>The address for tcp, the path prefix for ipc (the socket of port n is <c>prefix-n</c>).</summary>
    public required string Ip { get; init; }
    /// <summary>Port (tcp) or suffix (ipc) of the channel.</summary>
    public required int ShellPort { get; init; }
    /// <inheritdoc cref="ShellPort" />
    public required int IOPubPort { get; init; }
    /// <inheritdoc cref="ShellPort" />
    public required int StdinPort { get; init; }
    /// <inheritdoc cref="ShellPort" />
    public required int ControlPort { get; init; }
    /// <inheritdoc cref="ShellPort" />
    public required int HeartbeatPort { get; init; }
    /// <summary>The key messages are signed with; empty for no signing.</summary>
    public required string Key { get; init; }
    /// <summary>Always <c>hmac-sha256</c>.</summary>
    public string SignatureScheme { get; init; } = "hmac-sha256";
    /// <summary>The kernelspec's name.</summary>
    public string KernelName { get; init; } = "";

    /// <summary>A new one on ipc below <paramref name="pathPrefix"/>, with a random key.</summary>
    public static ConnectionInfo ForIpc(string pathPrefix, string kernelName) => new()
    {
        Transport = "ipc",
        Ip = pathPrefix,
        ShellPort = 1,
        IOPubPort = 2,
        StdinPort = 3,
        ControlPort = 4,
        HeartbeatPort = 5,
        Key = NewKey(),
        KernelName = kernelName,
    };

    /// <summary>A new one on five free ports of 127.0.0.1, with a random key.</summary>
    /// <remarks>The ports are free now; another program may take one before the kernel binds it, and then the kernel ends at once.</remarks>
    public static ConnectionInfo ForTcp(string kernelName)
    {
        var listeners = new TcpListener[5];
        try
        {
            // All five are held at once, or the system could give the same port twice.
            for (var i = 0; i < listeners.Length; i++)
            {
                listeners[i] = new TcpListener(IPAddress.Loopback, 0);
                listeners[i].Start();
            }

            var ports = Array.ConvertAll(listeners, l => ((IPEndPoint)l.LocalEndpoint).Port);
            return new ConnectionInfo
            {
                Transport = "tcp",
                Ip = "127.0.0.1",
                ShellPort = ports[0],
                IOPubPort = ports[1],
                StdinPort = ports[2],
                ControlPort = ports[3],
                HeartbeatPort = ports[4],
                Key = NewKey(),
                KernelName = kernelName,
            };
        }
        finally
        {
            foreach (var listener in listeners) listener?.Dispose();
        }
    }

    /// <summary>The files of the kernel's sockets, which a kernel does not remove by itself; none for tcp.</summary>
    public IEnumerable<string> SocketFiles =>
        Transport == "ipc" ? ((int[])[ShellPort, IOPubPort, StdinPort, ControlPort, HeartbeatPort]).Select(port => $"{Ip}-{port}") : [];

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>Reads a connection file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is not a connection file; the message names file and field.</exception>
    public static ConnectionInfo Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{path} is not a connection file: it holds no JSON object.");
            return new ConnectionInfo
            {
                Transport = Text(root, "transport", "tcp"),
                Ip = Text(root, "ip", "127.0.0.1"),
                ShellPort = Port(root, "shell_port", path),
                IOPubPort = Port(root, "iopub_port", path),
                StdinPort = Port(root, "stdin_port", path),
                ControlPort = Port(root, "control_port", path),
                HeartbeatPort = Port(root, "hb_port", path),
                Key = Text(root, "key", ""),
                SignatureScheme = Text(root, "signature_scheme", "hmac-sha256"),
                KernelName = Text(root, "kernel_name", ""),
            };
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is not a connection file: it is not JSON at line {e.LineNumber + 1}.", e);
        }
    }

    private static string Text(JsonElement root, string name, string otherwise) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : otherwise;

    private static int Port(JsonElement root, string name, string path) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var port) && port is > 0 and <= 65535
            ? port
            : throw new InvalidDataException($"{path} is not a connection file: {name} is missing or is no port.");

    /// <summary>Writes the connection file, mode 0600, whole or not at all.</summary>
    public void Write(string path)
    {
        var content = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(content, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("shell_port"u8, ShellPort);
            writer.WriteNumber("iopub_port"u8, IOPubPort);
            writer.WriteNumber("stdin_port"u8, StdinPort);
            writer.WriteNumber("control_port"u8, ControlPort);
            writer.WriteNumber("hb_port"u8, HeartbeatPort);
            writer.WriteString("ip"u8, Ip);
            writer.WriteString("key"u8, Key);
            writer.WriteString("transport"u8, Transport);
            writer.WriteString("signature_scheme"u8, SignatureScheme);
            writer.WriteString("kernel_name"u8, KernelName);
            writer.WriteEndObject();
        }

        PrivateFile.Write(path, content.WrittenSpan);
    }
}
