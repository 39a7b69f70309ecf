using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Holdfast.Lab;

namespace Holdfast.Fuzz;

/// <summary>
/// Requests to a whole lab, by somebody who is logged in: paths, queries and bodies. Each is answered, none with 500, and none with a word of
/// what lies beside the root. Nothing is deleted and no real path of the system is named: a hole would cost this machine.
/// </summary>
internal sealed class HttpTarget : FuzzTarget
{
    private const string Token = "fuzz";
    private const string Secret = "a-secret-beside-the-root";
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    private static readonly string[] Methods = ["GET", "GET", "GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS"];

    private static readonly IReadOnlyList<byte[]> Paths =
    [
        .. ((string[])[
            "api", "api/contents", "api/contents/", "api/contents/n.ipynb", "api/contents/d/f.txt?content=0", "api/contents/d?type=directory&content=1&1700000000000", "api/contents/f.bin?format=base64&hash=1",
            "api/contents/n.ipynb/checkpoints", "api/contents/n.ipynb/checkpoints/checkpoint", "api/contents/n.ipynb/trust", "api/config/notebook", "api/spec.yaml", "api/status", "api/me?permissions=%7B%7D",
            "api/resolvePath?path=d/f.txt&kernel=k", "api/nbconvert", "api/terminals", "api/events", "api/history/n.ipynb", "files/d/f.txt?download=1", "files/n.ipynb", "view/d/f.txt", "nbconvert/html/n.ipynb",
            "nbconvert/script/n.ipynb?download=true", "lab", "lab/tree/d", "doc/tree/n.ipynb", "lab/workspaces/w/tree/n.ipynb", "lab/api/settings", "lab/api/settings/@jupyterlab/a:b", "lab/api/workspaces/w%2Fv", "lab/api/translations/de",
            "lab/api/themes/t/index.css", "lab/extensions/a/b.js", "lab/api/licenses/", "static/lab/main.js", "kernelspecs/python3/logo-64x64.png", "login?next=%2Flab", "logout", "metrics", "tree/d", "edit/d/f.txt"])
            .Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly IReadOnlyList<byte[]> PathWords =
    [
        .. ((string[])["..", "../", "%2e%2e/", "..%2f", "..%5c", "%00", "%", "%zz", "%ff", "%c0%ae", "%ed%a0%80", "%F0%9F%98%80", "//", "/./", "?", "&", "=", "#", "root-evil/", "secret.txt", "../root-evil/secret.txt", ".ipynb_checkpoints/", ".hidden", "+", "%20", "~",
            "content=1", "type=notebook", "format=text", "hash=1", "token=", "%E2%80%AE", "CON", "\\", ";", "@", ":"]).Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly IReadOnlyList<byte[]> Bodies =
    [
        .. ((string[])["""{"type":"file","format":"text","content":"x"}""", """{"type":"notebook","format":"json","content":{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5},"holdfast":{"session":"s","cells":{}}}""",
            """{"type":"file","format":"base64","content":"AAEC","chunk":1}""", """{"path":"d/moved.txt"}""", """{"copy_from":"n.ipynb"}""", """{"type":"directory"}""", """{"ext":".py","type":"file"}""",
            """{"raw":"{ // a comment\n \"a\": [1,], }"}""", """{"data":{"layout":null},"metadata":{"id":"w"}}""", """{"load_extensions":{"a":true,"b":null}}""", """{"schema_id":"https://s","version":"1","data":{}}""", ""]).Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly IReadOnlyList<byte[]> BodyWords =
        [.. ((string[])["null", "[", "{", "\"", "\"\\ud800\"", "1e400", "-1", "\"chunk\":2,", "\"type\":\"directory\",", "\"path\":\"../root-evil/secret.txt\",", "\"copy_from\":\"..\",", "\"content\":null,", "\"\\u0000\""]).Select(Encoding.UTF8.GetBytes)];

    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-fuzz-").FullName;
    private readonly LabServer _lab;
    private readonly Uri _address;
    private readonly byte[] _buffer = new byte[64 << 10];
    private Socket? _socket;
    private int _held;
    private int _fed;

    public HttpTarget()
    {
        foreach (var name in (string[])["root/d", "root-evil", "assets", "home"]) Directory.CreateDirectory(Path.Join(_folder, name));
        File.WriteAllText(Path.Join(_folder, "root-evil/secret.txt"), Secret);
        File.WriteAllText(Path.Join(_folder, "assets/build.json"), """{"labVersion":"4.6.4"}""");
        Furnish();
        _lab = new LabServer(new LabOptions
        {
            Root = Path.Join(_folder, "root"),
            Port = 0,
            Token = Token,
            DeleteToTrash = false,
            AssetsFolder = Path.Join(_folder, "assets"),
            StateFolder = Path.Join(_folder, "state"),
            Environment = new Dictionary<string, string> { ["HOME"] = Path.Join(_folder, "home"), ["USER"] = "ada", ["PATH"] = "" },
        }, keeper: null);
        var start = _lab.StartAsync().GetAwaiter().GetResult();
        _address = start.Address ?? throw new InvalidOperationException(start.Problem);
    }

    public override string Name => "HTTP";

    /// <summary>The lab works on threads of its own.</summary>
    public override long? MostAllocated(int inputBytes) => null;

    public override byte[] Make(Random random)
    {
        var method = Methods[random.Next(Methods.Length)];
        var path = random.Next(5) == 0 ? Paths[random.Next(Paths.Count)] : Mutation.Of(random, Paths, PathWords);
        // What would break the request line itself is the platform's to refuse, and would hide the rest.
        path = [.. path.Where(b => b > 32 && b != 127).Take(6000)];
        if (method is "POST" or "PUT" && path.AsSpan().IndexOf("shutdown"u8) >= 0) method = "GET";
        var body = method[0] == 'P' ? Mutation.Of(random, Bodies, BodyWords) : [];
        return [.. Encoding.ASCII.GetBytes($"{method} /"), .. path,
            .. Encoding.ASCII.GetBytes($" HTTP/1.1\r\nHost: localhost\r\nAuthorization: token {Token}\r\n{(body.Length > 0 || method[0] == 'P' ? $"Content-Length: {body.Length}\r\n" : "")}\r\n"), .. body];
    }

    public override void Feed(byte[] input)
    {
        if (_fed++ % 200 == 0) Furnish();
        if (_socket is null)
        {
            _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)AnswerLimit.TotalMilliseconds };
            _socket.Connect(IPAddress.Loopback, _address.Port);
            _held = 0;
        }

        _socket.Send(input);
        var (status, text, goesOn) = Answer(input.AsSpan().StartsWith("HEAD "u8));
        if (!goesOn)
        {
            _socket.Dispose();
            _socket = null;
        }

        Expect(status is >= 100 and < 500 or 501, $"The answer is {status}: {text}");
        Expect(!text.Contains(Secret, StringComparison.Ordinal), "The answer holds what lies beside the root.");
    }

    public override void End()
    {
        _socket?.Dispose();
        _lab.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Puts back what requests have moved or written over.</summary>
    private void Furnish()
    {
        var root = Path.Join(_folder, "root");
        Directory.CreateDirectory(Path.Join(root, "d"));
        Write("d/f.txt", "text"u8);
        Write("f.bin", [0, 255, 1]);
        Write("n.ipynb", """{"cells":[{"cell_type":"code","execution_count":null,"id":"a","metadata":{},"outputs":[],"source":"1"}],"metadata":{},"nbformat":4,"nbformat_minor":5}"""u8);
        Expect(File.ReadAllText(Path.Join(_folder, "root-evil/secret.txt")) == Secret && Directory.GetFiles(Path.Join(_folder, "root-evil")).Length == 1, "Something was written beside the root.");

        void Write(string name, ReadOnlySpan<byte> bytes)
        {
            if (!Directory.Exists(Path.Join(root, name))) File.WriteAllBytes(Path.Join(root, name), bytes);
        }
    }

    /// <summary>Reads one answer; the connection goes on when the server leaves it open.</summary>
    private (int Status, string Text, bool GoesOn) Answer(bool isHead)
    {
        var head = ReadUntil("\r\n\r\n"u8);
        var lines = Encoding.Latin1.GetString(head).Split("\r\n");
        var status = int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture);
        string? Header(string name) => lines.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
        var text = "";
        if (!isHead && status is not (204 or 304))
        {
            if (Header("Transfer-Encoding") is not null)
            {
                while (true)
                {
                    var size = int.Parse(Encoding.ASCII.GetString(ReadUntil("\r\n"u8)).TrimEnd(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                    text += Encoding.Latin1.GetString(Read(size + 2)[..size]);
                    if (size == 0) break;
                }
            }
            else
            {
                text = Encoding.Latin1.GetString(Read(int.Parse(Header("Content-Length") ?? "0", CultureInfo.InvariantCulture)));
            }
        }

        return (status, text, Header("Connection") != "close");
    }

    private byte[] ReadUntil(ReadOnlySpan<byte> end)
    {
        int at;
        while ((at = _buffer.AsSpan(0, _held).IndexOf(end)) < 0) Receive();
        return Take(at + end.Length);
    }

    private byte[] Read(int count)
    {
        var whole = new byte[count];
        for (var at = 0; at < count;)
        {
            if (_held == 0) Receive();
            var piece = Take(Math.Min(_held, count - at));
            piece.CopyTo(whole, at);
            at += piece.Length;
        }

        return whole;
    }

    private void Receive()
    {
        var count = _socket!.Receive(_buffer.AsSpan(_held));
        Expect(count > 0, "The connection was closed without an answer.");
        _held += count;
    }

    private byte[] Take(int count)
    {
        var taken = _buffer[..count];
        _buffer.AsSpan(count, _held - count).CopyTo(_buffer);
        _held -= count;
        return taken;
    }
}
