using Holdfast.Hub.Database;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Tests.Hooks;

public sealed class HookApprovalsTests : IDisposable
{
    private static readonly Caller Admin = new("ada", IsAdmin: true);
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-hooks-").FullName;
    private readonly HubDatabase _database;
    private readonly HookApprovals _approvals;
    private readonly string _hook;

    public HookApprovalsTests()
    {
        var folders = new HubFolders(_folder) { MeetingRoot = Path.Combine(_folder, "meeting") };
        HubFolders.Make(folders.Storage);
        _hook = Path.Combine(folders.Storage, "pre-run.sh");
        _database = HubDatabase.Open(folders.Database);
        _approvals = new HookApprovals(_database, folders, new AuditLog(_database, TimeProvider.System), TimeProvider.System);
    }

    public void Dispose()
    {
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Approve_WhatTheFileHas_MayRunAndNothingElse()
    {
        File.WriteAllText(_hook, "echo one\n");

        Assert.True(_approvals.Approve(Admin, HookApprovals.HashOf(_approvals.Current()!)).Ok);

        Assert.True(_approvals.IsApproved("echo one\n"));
        Assert.False(_approvals.IsApproved("echo two\n"));
        Assert.Equal("echo one\n", _approvals.Last());
    }

    [Fact]
    public void Approve_FileThatHasChangedSince_IsRefused()
    {
        File.WriteAllText(_hook, "echo one\n");
        var seen = HookApprovals.HashOf(_approvals.Current()!);
        File.WriteAllText(_hook, "rm -rf ~\n");

        Assert.Equal("conflict", _approvals.Approve(Admin, seen).Fault?.Code);
        Assert.False(_approvals.IsApproved("rm -rf ~\n"));
    }

    [Fact]
    public void Approve_ByAMember_IsRefused()
    {
        File.WriteAllText(_hook, "echo one\n");

        Assert.Equal("forbidden", _approvals.Approve(new Caller("bob", IsAdmin: false), HookApprovals.HashOf("echo one\n")).Fault?.Code);
        Assert.Equal("forbidden", _approvals.Approve(Admin with { MayWrite = false }, HookApprovals.HashOf("echo one\n")).Fault?.Code);
    }

    [Fact]
    public void Current_LinkOutOfTheStorage_IsNotRead()
    {
        File.CreateSymbolicLink(_hook, "/etc/passwd");

        Assert.Null(_approvals.Current());
    }
}
