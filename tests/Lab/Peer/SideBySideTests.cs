using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Lab.Tests.Hosting;

namespace Holdfast.Lab.Tests.Peer;

public sealed class SideBySideTests
{
    private const string Notebook =
        """{"cells":[{"cell_type":"code","id":"a","source":"1","metadata":{},"outputs":[],"execution_count":null}],"metadata":{},"nbformat":4,"nbformat_minor":5}""";

    /// <summary>Members that came after the peer's release (jupyter_server 1.23).</summary>
    private static readonly HashSet<string> Newer = ["hash", "hash_algorithm"];

    /// <summary>One after the other on both; each sees what those before it have left.</summary>
    private static readonly (string Method, string Path, string? Body)[] Requests =
    [
        ("GET", "api", null),
        ("GET", "api/status", null),
        ("GET", "api/contents", null),
        ("GET", "api/contents/", null),
        ("GET", "api/contents?content=0", null),
        ("GET", "api/contents/none", null),
        ("GET", "api/contents/t.txt", null),
        ("GET", "api/contents/t.txt?content=0&type=file", null),
        ("GET", "api/contents/t.txt?format=base64", null),
        ("GET", "api/contents/t.txt?format=nonsense", null),
        ("GET", "api/contents/t.txt?content=7", null),
        ("GET", "api/contents/t.txt?type=directory", null),
        ("GET", "api/contents/b.bin", null),
        ("GET", "api/contents/b.bin?format=text", null),
        ("GET", "api/contents/d?type=file", null),
        ("GET", "api/contents/n.ipynb", null),
        ("GET", "api/contents/n.ipynb?content=0", null),
        ("GET", "api/contents/n.ipynb?type=file", null),
        ("POST", "api/contents/n.ipynb/trust", null),
        ("GET", "api/contents/broken.ipynb", null),
        ("GET", "api/contents/broken.ipynb?type=file", null),
        ("GET", "api/contents/.hidden", null),
        ("POST", "api/contents", """{"type":"notebook"}"""),
        ("POST", "api/contents/d", """{"type":"directory"}"""),
        ("POST", "api/contents/d", """{"ext":".py"}"""),
        ("POST", "api/contents/none", "{}"),
        ("POST", "api/contents/t.txt", "{}"),
        ("POST", "api/contents/d", """{"copy_from":"t.txt"}"""),
        ("POST", "api/contents/d", """{"copy_from":"none"}"""),
        ("PUT", "api/contents/new.txt", """{"type":"file","format":"text","content":"x"}"""),
        ("PUT", "api/contents/new.txt", """{"type":"file","format":"text","content":"y"}"""),
        ("PUT", "api/contents/new.txt", """{"type":"file","content":"y"}"""),
        ("PUT", "api/contents/new.txt", """{"format":"text","content":"y"}"""),
        ("PUT", "api/contents/new.txt", """{"type":"file","format":"text"}"""),
        ("PUT", "api/contents/new.txt", """{"copy_from":"t.txt"}"""),
        ("PUT", "api/contents/new.txt", "no json"),
        ("PUT", "api/contents/folder", """{"type":"directory"}"""),
        ("PUT", "api/contents/.hidden2", """{"type":"file","format":"text","content":"x"}"""),
        ("PUT", "api/contents/saved.ipynb", $$"""{"type":"notebook","format":"json","content":{{Notebook}}}"""),
        ("PUT", "api/contents/saved.ipynb", $$"""{"type":"notebook","format":"json","content":{{Notebook}}}"""),
        ("PUT", "api/contents/up.bin", """{"type":"file","format":"base64","chunk":1,"content":"AAEC"}"""),
        ("PUT", "api/contents/up.bin", """{"type":"file","format":"base64","chunk":-1,"content":"AAEC"}"""),
        ("PUT", "api/contents/up.bin", """{"type":"notebook","format":"json","chunk":2,"content":{}}"""),
        ("GET", "api/contents/up.bin", null),
        ("GET", "api/contents/saved.ipynb/checkpoints", null),
        ("POST", "api/contents/t.txt/checkpoints", null),
        ("GET", "api/contents/t.txt/checkpoints", null),
        ("POST", "api/contents/t.txt/checkpoints/checkpoint", null),
        ("DELETE", "api/contents/t.txt/checkpoints/checkpoint", null),
        ("DELETE", "api/contents/t.txt/checkpoints/checkpoint", null),
        ("PATCH", "api/contents/new.txt", """{"path":"renamed.txt"}"""),
        ("PATCH", "api/contents/renamed.txt", """{"path":"t.txt"}"""),
        ("PATCH", "api/contents/t.txt", null),
        ("DELETE", "api/contents/renamed.txt", null),
        ("DELETE", "api/contents/renamed.txt", null),
        ("DELETE", "api/contents/", null),
        ("GET", "api/config/section", null),
        ("PUT", "api/config/section", """{"a":{"b":1}}"""),
        ("PATCH", "api/config/section", """{"a":{"c":2}}"""),
        ("GET", "api/config/section", null),
        ("GET", "files/t.txt", null),
        ("GET", "files/none", null),
        ("GET", "files/d", null),
        ("GET", "login", null),
    ];

    [Fact]
    public async Task Requests_AreAnsweredAsJupyterServerDoes()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var peer = await JupyterPeer.StartAsync(cancel);
        if (peer is null)
            Assert.Skip("Debian's python3-jupyter-server is not installed");
        await using var lab = await TestLab.StartAsync();
        foreach (var root in (string[])[peer.Root, lab.Root])
        {
            Directory.CreateDirectory(Path.Join(root, "d"));
            await File.WriteAllTextAsync(Path.Join(root, "t.txt"), "text", cancel);
            await File.WriteAllTextAsync(Path.Join(root, ".hidden"), "text", cancel);
            await File.WriteAllBytesAsync(Path.Join(root, "b.bin"), [0xff, 0xfe, 0], cancel);
            await File.WriteAllTextAsync(Path.Join(root, "n.ipynb"), Notebook, cancel);
            await File.WriteAllTextAsync(Path.Join(root, "broken.ipynb"), Notebook[..50], cancel);
        }
        var differences = new List<string>();
        foreach (var request in Requests)
        {
            var theirs = await AskAsync(peer.Client, request);
            var ours = await AskAsync(lab.Client, request);
            if (theirs != ours)
                differences.Add($"{request.Method} {request.Path} {request.Body}\n  theirs: {theirs}\n  ours:   {ours}");
        }
        Assert.True(differences.Count == 0, string.Join("\n", differences));
        Assert.Equal(Names(peer.Root), Names(lab.Root));
        Assert.Equal(await File.ReadAllTextAsync(Path.Join(peer.Root, "saved.ipynb"), cancel), await File.ReadAllTextAsync(Path.Join(lab.Root, "saved.ipynb"), cancel));
    }

    private static async Task<string> AskAsync(HttpClient client, (string Method, string Path, string? Body) asked)
    {
        using var request = new HttpRequestMessage(new HttpMethod(asked.Method), asked.Path);
        if (asked.Body is not null)
            request.Content = new StringContent(asked.Body, Encoding.UTF8, "text/plain");
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var isJson = answer.Content.Headers.ContentType?.MediaType == "application/json" && body.Length > 0;
        return $"{(int)answer.StatusCode} {(answer.Headers.Location is null ? "" : "located ")}{(isJson ? Shape(JsonNode.Parse(body)) : "")}";
    }

    /// <summary>What a client can rely on: the names in objects, at every depth, and what kinds of values they have.</summary>
    private static string Shape(JsonNode? node) => node switch
    {
        JsonObject members => "{" + string.Join(',', members.Where(member => !Newer.Contains(member.Key)).OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => member.Key + ":" + Shape(member.Value))) + "}",
        JsonArray items => "[" + string.Join(',', items.Select(Shape).Distinct().Order(StringComparer.Ordinal)) + "]",
        null => "null",
        _ => node.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? "bool" : node.GetValueKind().ToString(),
    };

    private static string[] Names(string root) =>
        [.. Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path)).Order(StringComparer.Ordinal)];
}
