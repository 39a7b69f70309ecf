using Holdfast.Hub.Loss;

namespace Holdfast.Hub.Tests.Loss;

/// <summary>What a stop would destroy, on the host engine with this computer's own apt, dpkg and Python.</summary>
public sealed class LossListsTests : HostMachine
{
    private static void SkipWithoutApt()
    {
        if (!File.Exists("/usr/bin/apt-get") || !File.Exists("/usr/bin/dpkg-deb")) Assert.Skip("There is no apt here.");
    }

    [Fact]
    public async Task Look_MachineThatChangedNothing_IsEmpty()
    {
        await Machine.SaysAsync("echo x > /tmp/x; echo y > /home/ada/y; echo z > /storage/z; mkdir /run/some; echo l >> /var/log/some.log; mkdir -p /opt/empty/deep");

        var list = await Machine.LookAsync();

        Assert.True(list.IsEmpty, string.Join(", ", list.Files.Concat(list.Settings)));
    }

    [Fact]
    public async Task Look_AfterAptInstall_HasThePackageAndNoneOfItsFiles()
    {
        SkipWithoutApt();
        await Machine.InstallAsync("hf-tool", "1.2-3", "mkdir -p opt/hf-tool etc bin usr/share/doc/hf-tool; echo tool > opt/hf-tool/a; echo s | tee etc/hf-tool.conf > etc/hf-other.conf; printf '/etc/hf-tool.conf\\n/etc/hf-other.conf\\n' > DEBIAN/conffiles; echo d > usr/share/doc/hf-tool/copyright; echo b > bin/hf-tool");
        await Machine.SaysAsync("echo mine > /opt/hf-tool/mine; echo edited >> /etc/hf-other.conf");

        var list = await Machine.LookAsync();

        Assert.Equal(new PackageChange("apt", "hf-tool", null, "1.2-3", true), Assert.Single(list.Packages));
        Assert.Equal(new LostPath("/opt/hf-tool/mine", 5, true), Assert.Single(list.Files));
        Assert.Equal("/etc/hf-other.conf", Assert.Single(list.Settings).Path);
    }

    [Fact]
    public async Task Look_AfterRealInstallFromTheMirror_HasNothingButPackages()
    {
        SkipWithoutApt();
        var (code, _, error) = await Machine.RunAsync("apt-get install -y --no-install-recommends tree 2>&1 || (apt-get update && apt-get install -y --no-install-recommends tree)");
        if (code != 0) Assert.Skip($"apt reaches no mirror: {error}");

        var list = await Machine.LookAsync();

        Assert.Contains(list.Packages, package => package is { Source: "apt", Name: "tree", IsAsked: true });
        Assert.Empty(list.Files);
        Assert.Empty(list.Settings);
    }

    [Fact]
    public async Task Look_FilesAndSettings_AreApartAndLargestFirst()
    {
        await Machine.SaysAsync("mkdir -p /opt/model/deep /opt/other/__pycache__; head -c 3000 /dev/zero > /opt/model/deep/a; head -c 10 /dev/zero > /srv/small; echo c > /opt/other/__pycache__/x.pyc; echo x >> /etc/hf.conf; rm /etc/issue");

        var list = await Machine.LookAsync();

        Assert.Equal([new LostPath("/opt/model", 3000, true), new LostPath("/srv/small", 10, true)], list.Files.Where(file => !file.Path.StartsWith("/opt/other", StringComparison.Ordinal)));
        Assert.Equal([new LostPath("/etc/hf.conf", 2, true)], list.Settings);
        Assert.False(list.IsEmpty);
    }

    [Fact]
    public async Task Look_PackagesOfPip_AreNamedAndTheirFilesLeftOut()
    {
        await Machine.SaysAsync("""
            site=/usr/local/lib/python3.11/dist-packages; info=$site/hf_leaf-0.4.dist-info
            mkdir -p $site/hf_leaf/data $info
            echo 'x = 1' > $site/hf_leaf/__init__.py; echo data > $site/hf_leaf/data/d; echo '#!' > /usr/local/bin/hf-leaf
            printf 'Metadata-Version: 2.1\nName: hf-leaf\nVersion: 0.4\n\nText\nName: no\n' > $info/METADATA
            echo pip > $info/INSTALLER; touch $info/REQUESTED
            printf 'hf_leaf/__init__.py,sha256=x,6\nhf_leaf/data/d,,5\nhf_leaf-0.4.dist-info/METADATA,,\n../../../bin/hf-leaf,,3\nhf_leaf-0.4.dist-info/RECORD,,\n' > $info/RECORD
            mkdir $site/hf_leaf/__pycache__; echo c > $site/hf_leaf/__pycache__/c.pyc; echo own > $site/hf_leaf/data/own
            """);

        var list = await Machine.LookAsync();

        Assert.Equal(new PackageChange("pip", "hf-leaf", null, "0.4", true), Assert.Single(list.Packages));
        Assert.Equal("/usr/local/lib/python3.11/dist-packages/hf_leaf/data/own", Assert.Single(list.Files).Path);
    }

    [Fact]
    public async Task Look_OldPackageEditedByHand_NamesTheFile()
    {
        await Machine.SaysAsync("file=$(ls /usr/share/perl5/Debconf/*.pm | head -1); echo '# mine' >> $file; echo '# mine' >> /etc/bash.bashrc");

        var list = await Machine.LookAsync();

        Assert.StartsWith("/usr/share/perl5/Debconf/", Assert.Single(list.Files).Path, StringComparison.Ordinal);
        Assert.Equal("/etc/bash.bashrc", Assert.Single(list.Settings).Path);
        Assert.All(list.Files.Concat(list.Settings), lost => Assert.False(lost.IsNew));
    }

    [Fact]
    public async Task Look_PackageRemovedOrUpgraded_SaysFromWhatToWhat()
    {
        SkipWithoutApt();
        await Machine.InstallAsync("hf-one", "1", "mkdir opt; echo 1 > opt/hf-one");
        await Machine.InstallAsync("hf-two", "1", "mkdir opt; echo 1 > opt/hf-two");
        PackageList.Remember($"/proc/{await PidAsync()}/root/", null, Path.Combine(Machine.Folders.StateOf(Machine.Record.Id), "packages-before.json"));
        await Machine.InstallAsync("hf-one", "2", "mkdir opt; echo 2 > opt/hf-one");
        await Machine.SaysAsync("apt-get remove -y hf-two");

        var list = await Machine.LookAsync();

        Assert.Equal([new PackageChange("apt", "hf-one", "1", "2", true), new PackageChange("apt", "hf-two", "1", null, true)], list.Packages);
    }

    [Fact]
    public async Task Look_LinksThatLeadOutOfTheMachine_AreNotFollowed()
    {
        await Machine.SaysAsync("mkdir -p /opt/trap/lib/python3.11; ln -s /proc/1/root/etc /opt/trap/lib/python3.11/site-packages; ln -s ../../../../../../etc/shadow /opt/trap/shadow; rm -r /var/lib/dpkg; mkfifo /var/lib/dpkg; ln -sf /etc/shadow /var/lib/holdfast/packages-before.json");

        var list = await Machine.LookAsync();

        Assert.Empty(list.Packages);
        Assert.Equal("/opt/trap", Assert.Single(list.Files).Path);
    }

    [Fact]
    public async Task LastOf_WhatWasRemembered_IsTheSame()
    {
        await Machine.SaysAsync("echo x > /opt/x");
        var list = await Machine.LookAsync();

        Assert.Null(Machine.Losses.LastOf(Machine.Record.Id));
        Machine.Losses.Remember(Machine.Record.Id, list);

        Assert.Equivalent(list, Machine.Losses.LastOf(Machine.Record.Id));
    }

    [Fact]
    public async Task Look_MachineThatHasEnded_NamesFiles()
    {
        await Machine.SaysAsync("mkdir /opt/model; echo x > /opt/model/x");
        await Machine.Options.Engines["host"].StopAsync(Machine.Record.Id, TimeSpan.Zero, TestContext.Current.CancellationToken);

        Assert.Equal("/opt/model", Assert.Single((await Machine.LookAsync()).Files).Path);
    }

    private async Task<int> PidAsync() =>
        (await Machine.Options.Engines["host"].InspectAsync(Machine.Record.Id, TestContext.Current.CancellationToken)).Value!.ProcessId!.Value;
}
