using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Holdfast.Lab.Tests.Hosting;

namespace Holdfast.Lab.Tests.Contents;

public sealed class ContentsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task File_WrittenAndRead_IsTheSame()
    {
        await using var lab = await TestLab.StartAsync();
        var text = "ä \"quoted\" \\ \u0001\r\nend 🙂";
        var put = await lab.PutAsync("api/contents/a%20b.txt", new JsonObject { ["type"] = "file", ["format"] = "text", ["content"] = text }.ToJsonString());
        Assert.Equal(HttpStatusCode.Created, put.Status);
        Assert.EndsWith("/api/contents/a%20b.txt", put.Response.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(lab.PathOf("a b.txt"), Cancel));

        var got = await lab.GetAsync("api/contents/a%20b.txt?1234567");
        Assert.Equal(HttpStatusCode.OK, got.Status);
        Assert.Equal(text, (string?)got.Body!["content"]);
        Assert.Equal("text", (string?)got.Body["format"]);
        Assert.Equal("text/plain", (string?)got.Body["mimetype"]);
        Assert.Null(got.Body["hash"]);

        var again = await lab.PutAsync("api/contents/a%20b.txt", """{"type":"file","format":"text","content":"x"}""");
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Null(again.Body!["content"]);
    }

    [Fact]
    public async Task File_LongAndNotText_ComesAsBase64()
    {
        await using var lab = await TestLab.StartAsync();
        var bytes = new byte[1_000_003];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(lab.PathOf("weights.bin"), bytes, Cancel);
        var got = await lab.GetAsync("api/contents/weights.bin?hash=1");
        Assert.Equal("base64", (string?)got.Body!["format"]);
        Assert.Equal(bytes, Convert.FromBase64String((string)got.Body["content"]!));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), (string?)got.Body["hash"]);
        Assert.Equal("sha256", (string?)got.Body["hash_algorithm"]);
        var asText = await lab.GetAsync("api/contents/weights.bin?format=text");
        Assert.Equal((HttpStatusCode.BadRequest, "bad format"), (asText.Status, (string?)asText.Body!["reason"]));
    }

    [Fact]
    public async Task File_LongTextOfWideCharacters_IsWhole()
    {
        await using var lab = await TestLab.StartAsync();
        var text = string.Concat(Enumerable.Repeat("abc🙂é€", 60_001));
        await File.WriteAllTextAsync(lab.PathOf("wide.txt"), text, new UTF8Encoding(false), Cancel);
        var got = await lab.GetAsync("api/contents/wide.txt");
        Assert.Equal("text", (string?)got.Body!["format"]);
        Assert.Equal(text, (string?)got.Body["content"]);
    }

    [Theory]
    [InlineData("api/contents/none.txt", 404, null)]
    [InlineData("api/contents/d?type=file", 400, "bad type")]
    [InlineData("api/contents/f.txt?type=directory", 400, "bad type")]
    [InlineData("api/contents/f.txt?format=utf16", 400, null)]
    [InlineData("api/contents/f.txt?content=2", 400, null)]
    [InlineData("api/contents/f.txt?hash=2", 400, null)]
    [InlineData("api/contents/.hidden.txt", 404, null)]
    [InlineData("api/contents/.folder/f.txt", 404, null)]
    [InlineData("api/contents/..%2froot-evil%2fsecret", 404, null)]
    [InlineData("api/contents/d/..%2f..%2froot-evil%2fsecret", 404, null)]
    [InlineData("api/contents/%2e%2e/root-evil/secret", 404, null)]
    public async Task Get_OfWhatIsNotThere_SaysSo(string path, int status, string? reason)
    {
        await using var lab = await TestLab.StartAsync();
        Directory.CreateDirectory(lab.PathOf("d"));
        Directory.CreateDirectory(lab.PathOf(".folder"));
        Directory.CreateDirectory(lab.Root + "-evil");
        await File.WriteAllTextAsync(lab.Root + "-evil/secret", "s", Cancel);
        foreach (var name in (string[])["f.txt", ".hidden.txt", ".folder/f.txt"])
            await File.WriteAllTextAsync(lab.PathOf(name), "x", Cancel);
        var got = await lab.GetAsync(path);
        Assert.Equal(status, (int)got.Status);
        Assert.NotNull((string?)got.Body!["message"]);
        Assert.Equal(reason, (string?)got.Body["reason"]);
    }

    [Fact]
    public async Task Folder_Listed_HasItsVisibleEntries()
    {
        await using var lab = await TestLab.StartAsync();
        Directory.CreateDirectory(lab.PathOf("d/__pycache__"));
        foreach (var name in (string[])["d/n.ipynb", "d/t.py", "d/.h", "d/old~", "d/x.pyc"])
            await File.WriteAllTextAsync(lab.PathOf(name), "x", Cancel);
        File.CreateSymbolicLink(lab.PathOf("d/link.py"), "t.py");
        File.CreateSymbolicLink(lab.PathOf("d/broken"), "nowhere");
        var got = await lab.GetAsync("api/contents/d");
        Assert.Equal("json", (string?)got.Body!["format"]);
        Assert.Null(got.Body["size"]);
        var entries = got.Body["content"]!.AsArray().OrderBy(entry => (string?)entry!["name"], StringComparer.Ordinal)
            .Select(entry => $"{entry!["path"]} {entry["type"]} {entry["content"] is null}");
        Assert.Equal(["d/broken file True", "d/link.py file True", "d/n.ipynb notebook True", "d/t.py file True"], entries);
        Assert.Null((await lab.GetAsync("api/contents/d?content=0")).Body!["content"]);
    }

    [Fact]
    public async Task Post_Untitled_TakesTheNextFreeName()
    {
        await using var lab = await TestLab.StartAsync();
        Directory.CreateDirectory(lab.PathOf("d"));
        string[] names = [
            await Post("""{"type":"notebook"}"""), await Post("""{"type":"notebook"}"""), await Post("""{"type":"file","ext":".py"}"""),
            await Post("""{"type":"file","ext":".py"}"""), await Post("""{"type":"directory"}"""), await Post("""{"type":"directory"}"""),
            await Post(null), await Post("{}"), await Post("""{"copy_from":"d/Untitled.ipynb"}"""), await Post("""{"copy_from":"d/Untitled-Copy1.ipynb"}"""),
        ];
        Assert.Equal(["Untitled.ipynb", "Untitled1.ipynb", "untitled.py", "untitled1.py", "Untitled Folder", "Untitled Folder 1",
            "untitled", "untitled1", "Untitled-Copy1.ipynb", "Untitled-Copy2.ipynb"], names);

        async Task<string> Post(string? body)
        {
            var done = await lab.SendAsync(HttpMethod.Post, "api/contents/d", body);
            Assert.Equal(HttpStatusCode.Created, done.Status);
            Assert.NotNull(done.Response.Headers.Location);
            return (string)done.Body!["name"]!;
        }
    }

    [Theory]
    [InlineData("PUT", "api/contents/f.txt", """{"format":"text","content":""}""", 400)]
    [InlineData("PUT", "api/contents/f.txt", """{"type":"file","format":"text"}""", 400)]
    [InlineData("PUT", "api/contents/f.txt", """{"type":"file","content":""}""", 400)]
    [InlineData("PUT", "api/contents/f.txt", """{"type":"file","format":"base64","content":"***"}""", 400)]
    [InlineData("PUT", "api/contents/f.txt", """{"type":"file","format":"text","content":"\ud800"}""", 400)]
    [InlineData("PUT", "api/contents/f.txt", """{"copy_from":"g.txt"}""", 400)]
    [InlineData("PUT", "api/contents/f.txt", """{"type":"notebook","format":"json","chunk":1,"content":{}}""", 400)]
    [InlineData("PUT", "api/contents/f.txt", "{\"type\":", 400)]
    [InlineData("PUT", "api/contents/f.txt", "[1]", 400)]
    [InlineData("PUT", "api/contents/d", """{"type":"file","format":"text","content":""}""", 400)]
    [InlineData("PUT", "api/contents/.h", """{"type":"file","format":"text","content":""}""", 400)]
    [InlineData("PUT", "api/contents/no/f.txt", """{"type":"file","format":"text","content":""}""", 404)]
    [InlineData("PUT", "api/contents/..%2Fout.txt", """{"type":"file","format":"text","content":""}""", 404)]
    [InlineData("POST", "api/contents/f.txt", "{}", 400)]
    [InlineData("POST", "api/contents/none", "{}", 404)]
    [InlineData("POST", "api/contents/d", """{"copy_from":"../secret"}""", 404)]
    [InlineData("POST", "api/contents/d", """{"ext":"/../x"}""", 400)]
    [InlineData("PATCH", "api/contents/f.txt", null, 400)]
    [InlineData("PATCH", "api/contents/f.txt", """{"path":"d"}""", 409)]
    [InlineData("PATCH", "api/contents/none", """{"path":"new"}""", 404)]
    [InlineData("PATCH", "api/contents/f.txt", """{"path":"no/new"}""", 404)]
    [InlineData("PATCH", "api/contents/f.txt", """{"path":".h"}""", 400)]
    [InlineData("PATCH", "api/contents/f.txt", """{"path":"../out.txt"}""", 404)]
    [InlineData("DELETE", "api/contents/", null, 400)]
    [InlineData("DELETE", "api/contents/none", null, 404)]
    [InlineData("DELETE", "api/contents/.folder", null, 400)]
    public async Task Write_ThatCannotBe_SaysSoAndChangesNothing(string method, string path, string? body, int status)
    {
        await using var lab = await TestLab.StartAsync();
        Directory.CreateDirectory(lab.PathOf("d"));
        Directory.CreateDirectory(lab.PathOf(".folder"));
        await File.WriteAllTextAsync(lab.PathOf("f.txt"), "old", Cancel);
        var done = await lab.SendAsync(new HttpMethod(method), path, body);
        Assert.Equal(status, (int)done.Status);
        Assert.False(string.IsNullOrEmpty((string?)done.Body!["message"]));
        Assert.Equal("old", await File.ReadAllTextAsync(lab.PathOf("f.txt"), Cancel));
        Assert.Equal([".folder", "d", "f.txt"], Directory.EnumerateFileSystemEntries(lab.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Upload_InChunks_IsPutTogether()
    {
        await using var lab = await TestLab.StartAsync();
        var bytes = new byte[2_500_000];
        new Random(2).NextBytes(bytes);
        await File.WriteAllTextAsync(lab.PathOf("up.bin"), "what was there before", Cancel);
        foreach (var (chunk, from, to) in ((int, int, int)[])[(1, 0, 1 << 20), (2, 1 << 20, 2 << 20), (-1, 2 << 20, bytes.Length)])
        {
            var body = new JsonObject { ["type"] = "file", ["format"] = "base64", ["chunk"] = chunk, ["content"] = Convert.ToBase64String(bytes[from..to]) };
            Assert.Equal(HttpStatusCode.OK, (await lab.PutAsync("api/contents/up.bin", body.ToJsonString())).Status);
        }
        Assert.Equal(bytes, await File.ReadAllBytesAsync(lab.PathOf("up.bin"), Cancel));
    }

    [Fact]
    public async Task Rename_MovesTheFileAndItsCheckpoint()
    {
        await using var lab = await TestLab.StartAsync();
        Directory.CreateDirectory(lab.PathOf("d"));
        await lab.SendAsync(HttpMethod.Post, "api/contents", """{"type":"notebook"}""");
        Assert.True(File.Exists(lab.PathOf(".ipynb_checkpoints/Untitled-checkpoint.ipynb")));
        var done = await lab.SendAsync(HttpMethod.Patch, "api/contents/Untitled.ipynb", """{"path":"d/new.ipynb"}""");
        Assert.Equal((HttpStatusCode.OK, "d/new.ipynb"), (done.Status, (string?)done.Body!["path"]));
        Assert.True(File.Exists(lab.PathOf("d/.ipynb_checkpoints/new-checkpoint.ipynb")));
        Assert.False(File.Exists(lab.PathOf(".ipynb_checkpoints/Untitled-checkpoint.ipynb")));
    }

    [Fact]
    public async Task Checkpoint_MadeAndRestored_BringsTheOldContentBack()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("f.txt"), "one", Cancel);
        Assert.Equal("[]", await lab.Client.GetStringAsync("api/contents/f.txt/checkpoints", Cancel));
        var made = await lab.SendAsync(HttpMethod.Post, "api/contents/f.txt/checkpoints");
        Assert.Equal((HttpStatusCode.Created, "checkpoint"), (made.Status, (string?)made.Body!["id"]));
        Assert.EndsWith("/api/contents/f.txt/checkpoints/checkpoint", made.Response.Headers.Location!.OriginalString, StringComparison.Ordinal);
        await File.WriteAllTextAsync(lab.PathOf("f.txt"), "two", Cancel);
        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Post, "api/contents/f.txt/checkpoints/checkpoint")).Status);
        Assert.Equal("one", await File.ReadAllTextAsync(lab.PathOf("f.txt"), Cancel));
        Assert.Single(JsonNode.Parse(await lab.Client.GetStringAsync("api/contents/f.txt/checkpoints", Cancel))!.AsArray());
        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Delete, "api/contents/f.txt/checkpoints/checkpoint")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.SendAsync(HttpMethod.Delete, "api/contents/f.txt/checkpoints/checkpoint")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.SendAsync(HttpMethod.Post, "api/contents/none.txt/checkpoints")).Status);
    }

    [Fact]
    public async Task Folder_NamedCheckpoints_IsReachable()
    {
        await using var lab = await TestLab.StartAsync();
        Directory.CreateDirectory(lab.PathOf("run/checkpoints"));
        await File.WriteAllTextAsync(lab.PathOf("run/checkpoints/epoch1.pt"), "w", Cancel);
        Assert.Equal("directory", (string?)(await lab.GetAsync("api/contents/run/checkpoints")).Body!["type"]);
        Assert.Equal("w", (string?)(await lab.GetAsync("api/contents/run/checkpoints/epoch1.pt")).Body!["content"]);
    }

    [Fact]
    public async Task Delete_MovesToTheTrash_WithANoteOfWhereItCameFrom()
    {
        await using var lab = await TestLab.StartAsync();
        Directory.CreateDirectory(lab.PathOf("d/full"));
        await File.WriteAllTextAsync(lab.PathOf("d/a b.txt"), "x", Cancel);
        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Delete, "api/contents/d/a%20b.txt")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Delete, "api/contents/d")).Status);
        var trash = Path.Join(lab.Options.Environment["HOME"], ".local/share/Trash");
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Join(trash, "files/a b.txt"), Cancel));
        Assert.Contains($"Path={lab.Root}/d/a%20b.txt\n", await File.ReadAllTextAsync(Path.Join(trash, "info/a b.txt.trashinfo"), Cancel), StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Join(trash, "files/d/full")));
    }

    [Fact]
    public async Task Delete_WithoutTrash_KeepsFoldersThatHoldSomething()
    {
        await using var lab = await TestLab.StartAsync(options => options with { DeleteToTrash = false });
        Directory.CreateDirectory(lab.PathOf("d"));
        await File.WriteAllTextAsync(lab.PathOf("d/f"), "x", Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, (await lab.SendAsync(HttpMethod.Delete, "api/contents/d")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Delete, "api/contents/d/f")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Delete, "api/contents/d")).Status);
        Assert.Empty(Directory.EnumerateFileSystemEntries(lab.Root));
    }

    [Fact]
    public async Task Save_ThroughALink_ReplacesItsTargetAndKeepsModeAndLink()
    {
        await using var lab = await TestLab.StartAsync();
        var target = Path.Join(Path.GetDirectoryName(lab.Root), "elsewhere.sh");
        await File.WriteAllTextAsync(target, "old", Cancel);
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(target, mode);
        File.CreateSymbolicLink(lab.PathOf("link.sh"), target);
        Assert.Equal(HttpStatusCode.OK, (await lab.PutAsync("api/contents/link.sh", """{"type":"file","format":"text","content":"new"}""")).Status);
        Assert.Equal("new", await File.ReadAllTextAsync(target, Cancel));
        Assert.Equal(mode, File.GetUnixFileMode(target));
        Assert.Equal(target, new FileInfo(lab.PathOf("link.sh")).LinkTarget);
    }

    [Fact]
    public async Task Pipe_CopiedOrSaved_IsRefused()
    {
        await using var lab = await TestLab.StartAsync();
        Directory.CreateDirectory(lab.PathOf("d"));
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [lab.PathOf("d/pipe")]))
            await mkfifo.WaitForExitAsync(Cancel);
        Assert.Equal(400, (int)(await lab.SendAsync(HttpMethod.Post, "api/contents", """{"copy_from":"d/pipe"}""")).Status);
        Assert.Equal(500, (int)(await lab.SendAsync(HttpMethod.Post, "api/contents", """{"copy_from":"d"}""")).Status);
        foreach (var chunk in (string[])["null", "1", "2"])
        {
            var put = await lab.PutAsync("api/contents/d/pipe", $$"""{"type":"file","format":"text","content":"x","chunk":{{chunk}}}""");
            Assert.Equal("bad type", (string?)put.Body!["reason"]);
        }
    }

    [Fact]
    public async Task Chunk_BeyondAllNumbers_IsABadRequest()
    {
        await using var lab = await TestLab.StartAsync();
        var put = await lab.PutAsync("api/contents/a", """{"type":"file","format":"text","content":"x","chunk":99999999999999999999}""");
        Assert.Equal(400, (int)put.Status);
    }

    [Fact]
    public async Task HiddenFile_Checkpoints_AreNotThere()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf(".secret"), "x", Cancel);
        Assert.Equal(404, (int)(await lab.SendAsync(HttpMethod.Post, "api/contents/.secret/checkpoints")).Status);
        Assert.False(Directory.Exists(lab.PathOf(".ipynb_checkpoints")));
    }

    [Theory]
    [InlineData("api/contents/state")]
    [InlineData("api/contents/state/cookie-secret")]
    [InlineData("files/state/cookie-secret")]
    [InlineData("files/%73tate//cookie-secret")]
    public async Task StateFolder_BelowTheRoot_IsNotServed(string path)
    {
        await using var lab = await TestLab.StartAsync(options => options with { AllowHidden = true, StateFolder = Path.Join(options.Root, "state") });
        Assert.True(File.Exists(lab.PathOf("state/cookie-secret")));
        Assert.Equal(404, (int)(await lab.GetAsync(path)).Status);
        Assert.Equal(404, (int)(await lab.SendAsync(HttpMethod.Post, "api/contents", """{"copy_from":"state/cookie-secret"}""")).Status);
    }
}
