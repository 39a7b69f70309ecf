using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Holdfast.Keeper.Tests;

/// <summary>A disk that is really full: a small tmpfs.</summary>
public sealed class DiskFullTests(PythonKernel python)
{
    private const int Lines = 60_000;

    [Fact]
    public async Task Append_DiskFull_HoldsTheKernelBackAndGoesOnWhenThereIsRoom()
    {
        await using var keeper = new KeeperProgram(diskMegabytes: 6);
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client, "full.ipynb");
        var ballast = Path.Combine(keeper.Home.StateFolder, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[4 << 20], TestContext.Current.CancellationToken);
        using var talk = new KernelTalk(client, kernel);

        var id = await talk.ExecuteAsync($"for i in range({Lines}): print('line', i, 'x' * 40)");
        var held = new TaskCompletionSource<string>();
        client.Changed += changed =>
        {
            if (changed.Note is { } note && note.StartsWith("Held back", StringComparison.Ordinal)) held.TrySetResult(note);
        };
        if (client.Find(kernel.Id)!.Note is { } already) held.TrySetResult(already);
        var said = await held.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Contains(kernel.Folder, said);

        File.Delete(ballast);
        var text = new StringBuilder();
        await talk.FinishAsync(id, seen =>
        {
            if (seen.Parent != id || seen.Type != "stream") return;
            using var content = JsonDocument.Parse(seen.Content);
            text.Append(content.RootElement.GetProperty("text").GetString());
        });

        var expected = new StringBuilder();
        for (var i = 0; i < Lines; i++) expected.Append("line ").Append(i).Append(' ').Append('x', 40).Append('\n');
        Assert.Equal(expected.Length, text.Length);
        Assert.True(expected.Equals(text));
        Assert.Null(client.Find(kernel.Id)!.Note);
    }
}

/// <summary>A file system of a few megabytes, mounted for one test.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    public static SmallDisk Mount(string folder, int megabytes)
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Mounting a small disk needs root.");
        if (Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder) != 0) Assert.Skip("A tmpfs cannot be mounted here.");
        return new SmallDisk(folder);
    }

    public void Dispose() => Run("umount", "--lazy", _folder);

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
