namespace Holdfast.Kernels.Tests;

public sealed class ConnectionInfoTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hfc");

    public void Dispose() => _folder.Delete(true);

    private string File(string name, string? content = null)
    {
        var path = Path.Combine(_folder.FullName, name);
        if (content is not null) System.IO.File.WriteAllText(path, content);
        return path;
    }

    [Fact]
    public void Write_Read_IsTheSameAndPrivate()
    {
        foreach (var info in new[] { ConnectionInfo.ForIpc(File("k"), "python3"), ConnectionInfo.ForTcp("ir") })
        {
            var path = File("c.json", "readable before");
            info.Write(path);
            Assert.Equal(info, ConnectionInfo.Read(path));
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(path));
            Assert.Single(_folder.GetFiles());
        }
    }

    [Fact]
    public void New_Twice_HasOtherKeysAndDistinctPorts()
    {
        var info = ConnectionInfo.ForTcp("x");
        Assert.NotEqual(info.Key, ConnectionInfo.ForTcp("x").Key);
        Assert.Equal(64, info.Key.Length);
        Assert.Equal(5, new[] { info.ShellPort, info.IOPubPort, info.StdinPort, info.ControlPort, info.HeartbeatPort }.Distinct().Count());
    }

    [Theory]
    [InlineData("{\"shell_port\":1", "line 1")]
    [InlineData("[1]", "no JSON object")]
    [InlineData("{\"shell_port\":1,\"iopub_port\":\"2\"}", "iopub_port")]
    [InlineData("{\"shell_port\":65536}", "shell_port")]
    public void Read_NotAConnectionFile_NamesFileAndField(string json, string part)
    {
        var path = File("bad.json", json);
        var error = Assert.Throws<InvalidDataException>(() => ConnectionInfo.Read(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_UnknownTransportOrPathTooLong_IsRefused()
    {
        var info = ConnectionInfo.ForIpc("/tmp/" + new string('x', 120), "x");
        Assert.ThrowsAny<ArgumentException>(() => KernelConnection.Open(info, new Peers.Journal()));
        Assert.Throws<ArgumentException>(() => KernelConnection.Open(info with { Transport = "udp" }, new Peers.Journal()));
    }
}
