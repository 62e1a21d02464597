namespace Conformance.Cases;

/// <summary>config.md, Linux mount options: each one, seen in the container.</summary>
public sealed class MountOptionCases : ConformanceCase
{
    /// <remarks>
    /// The options of a tmpfs: the one under test comes last and turns off what stands before it. <c>+word</c> has to be among the
    /// mount's options in /proc/self/mountinfo, <c>-word</c> must not, <c>+/word</c> and <c>-/word</c> are about those of the file system.
    /// </remarks>
    [Theory]
    [InlineData("config/linux-mount-options/async", "sync async", "-/sync")]
    [InlineData("config/linux-mount-options/atime", "noatime atime", "-noatime")]
    [InlineData("config/linux-mount-options/defaults", "defaults", "+rw -nosuid -nodev -noexec")]
    [InlineData("config/linux-mount-options/dev", "nodev dev", "-nodev")]
    [InlineData("config/linux-mount-options/diratime", "nodiratime diratime", "-nodiratime")]
    [InlineData("config/linux-mount-options/dirsync", "dirsync", "+/dirsync")]
    [InlineData("config/linux-mount-options/exec", "noexec exec", "-noexec")]
    [InlineData("config/linux-mount-options/iversion", "iversion", "")]
    [InlineData("config/linux-mount-options/lazytime", "lazytime", "+/lazytime")]
    [InlineData("config/linux-mount-options/loud", "silent loud", "")]
    [InlineData("config/linux-mount-options/noatime", "noatime", "+noatime")]
    [InlineData("config/linux-mount-options/nodev", "nodev", "+nodev")]
    [InlineData("config/linux-mount-options/nodiratime", "nodiratime", "+nodiratime")]
    [InlineData("config/linux-mount-options/noexec", "noexec", "+noexec")]
    [InlineData("config/linux-mount-options/noiversion", "iversion noiversion", "")]
    [InlineData("config/linux-mount-options/nolazytime", "lazytime nolazytime", "-/lazytime")]
    [InlineData("config/linux-mount-options/norelatime", "norelatime", "-noatime")]
    [InlineData("config/linux-mount-options/nostrictatime", "strictatime nostrictatime", "+relatime")]
    [InlineData("config/linux-mount-options/nosuid", "nosuid", "+nosuid")]
    [InlineData("config/linux-mount-options/nosymfollow", "nosymfollow", "+nosymfollow")]
    [InlineData("config/linux-mount-options/relatime", "strictatime relatime", "+relatime -noatime")]
    [InlineData("config/linux-mount-options/ro", "ro", "+ro")]
    [InlineData("config/linux-mount-options/rw", "ro rw", "+rw -ro")]
    [InlineData("config/linux-mount-options/silent", "silent", "")]
    [InlineData("config/linux-mount-options/strictatime", "strictatime", "-relatime -noatime")]
    [InlineData("config/linux-mount-options/suid", "nosuid suid", "-nosuid")]
    [InlineData("config/linux-mount-options/symfollow", "nosymfollow symfollow", "-nosymfollow")]
    [InlineData("config/linux-mount-options/sync", "sync", "+/sync")]
    public Task Option_OfATmpfs(string requirement, string options, string expected) => Checks(requirement, $$"""
        edit '.mounts += [{destination: "/mnt", type: "tmpfs", source: "x", options: ($options | split(" "))}]' --arg options '{{options}}'
        observe 'cat /proc/self/mountinfo'
        line=$(mount_of /mnt)
        [ -n "$line" ] || fail 'there is no mount'
        {{Expectations}}
        expect '{{expected}}'
        """);

    /// <remarks>The source has a mount below it; the option has to reach that one as well.</remarks>
    [Theory]
    [InlineData("config/linux-mount-options/ratime", "noatime", "ratime", "-noatime")]
    [InlineData("config/linux-mount-options/rdev", "nodev", "rdev", "-nodev")]
    [InlineData("config/linux-mount-options/rdiratime", "nodiratime", "rdiratime", "-nodiratime")]
    [InlineData("config/linux-mount-options/rexec", "noexec", "rexec", "-noexec")]
    [InlineData("config/linux-mount-options/rnoatime", "rw", "rnoatime", "+noatime")]
    [InlineData("config/linux-mount-options/rnodiratime", "rw", "rnodiratime", "+nodiratime")]
    [InlineData("config/linux-mount-options/rnoexec", "rw", "rnoexec", "+noexec")]
    [InlineData("config/linux-mount-options/rnorelatime", "rw", "rnorelatime", "-noatime")]
    [InlineData("config/linux-mount-options/rnostrictatime", "strictatime", "rnostrictatime", "-noatime")]
    [InlineData("config/linux-mount-options/rnosuid", "rw", "rnosuid", "+nosuid")]
    [InlineData("config/linux-mount-options/rnosymfollow", "rw", "rnosymfollow", "+nosymfollow")]
    [InlineData("config/linux-mount-options/rrelatime", "noatime", "rrelatime", "+relatime")]
    [InlineData("config/linux-mount-options/rro", "rw", "rro", "+ro")]
    [InlineData("config/linux-mount-options/rrw", "ro", "rrw", "+rw")]
    [InlineData("config/linux-mount-options/rstrictatime", "noatime", "rstrictatime", "-noatime -relatime")]
    [InlineData("config/linux-mount-options/rsuid", "nosuid", "rsuid", "-nosuid")]
    [InlineData("config/linux-mount-options/rsymfollow", "nosymfollow", "rsymfollow", "-nosymfollow")]
    public Task Option_Recursive_ReachesTheMountBelow(string requirement, string before, string option, string expected) => Checks(requirement, $$"""
        mkdir -p "$dir/source"
        mount -t tmpfs -o '{{before}}' x "$dir/source"
        mount -o remount,rw "$dir/source"
        mkdir "$dir/source/below"
        mount -t tmpfs -o '{{before}}' x "$dir/source/below"
        edit '.mounts += [{destination: "/mnt", type: "bind", source: $source, options: ["rbind", "{{option}}"]}]' --arg source "$dir/source"
        observe 'cat /proc/self/mountinfo'
        line=$(mount_of /mnt/below)
        [ -n "$line" ] || fail 'there is no mount below'
        {{Expectations}}
        expect '{{expected}}'
        line=$(mount_of /mnt)
        expect '{{expected}}'
        """);

    [Theory]
    [InlineData("config/linux-mount-options/private", "private", "-shared: -master: -unbindable")]
    [InlineData("config/linux-mount-options/shared", "shared", "+shared:")]
    [InlineData("config/linux-mount-options/slave", "slave", "-shared:")]
    [InlineData("config/linux-mount-options/unbindable", "unbindable", "+unbindable")]
    [InlineData("config/linux-mount-options/rprivate", "rprivate", "-shared: -master: -unbindable")]
    [InlineData("config/linux-mount-options/rshared", "rshared", "+shared:")]
    [InlineData("config/linux-mount-options/rslave", "rslave", "-shared:")]
    [InlineData("config/linux-mount-options/runbindable", "runbindable", "+unbindable")]
    public Task Option_Propagation(string requirement, string option, string expected) => Checks(requirement, $$"""
        mkdir -p "$dir/source"
        mount -t tmpfs x "$dir/source"
        mkdir "$dir/source/below"
        mount -t tmpfs x "$dir/source/below"
        edit '.mounts += [{destination: "/mnt", type: "bind", source: $source, options: ["rbind", "{{option}}"]}]' --arg source "$dir/source"
        observe 'cat /proc/self/mountinfo'
        line=$(mount_of /mnt)
        check() {
          for word in {{expected}}; do
            case $word in
              +*) has "propagation of $1" "$(echo "$line" | sed 's/ - .*//')" "${word#+}" ;;
              -*) lacks "propagation of $1" "$(echo "$line" | sed 's/ - .*//')" "${word#-}" ;;
            esac
          done
        }
        [ -n "$line" ] || fail 'there is no mount'
        check /mnt
        case {{option}} in
          r*)
            line=$(mount_of /mnt/below)
            check /mnt/below
            ;;
        esac
        """);

    [Case("config/linux-mount-options/bind")]
    public Task Bind_LeavesOutTheMountsBelow() => Script("""
        mkdir -p "$dir/source/below"
        mount -t tmpfs x "$dir/source/below"
        touch "$dir/source/below/file"
        edit '.mounts += [{destination: "/mnt", type: "none", source: $source, options: ["bind"]}]' --arg source "$dir/source"
        observe 'ls /mnt /mnt/below'
        lacks files "$seen" file
        has files "$seen" below
        """);

    [Case("config/linux-mount-options/rbind")]
    public Task Rbind_HasTheMountsBelow() => Script("""
        mkdir -p "$dir/source/below"
        mount -t tmpfs x "$dir/source/below"
        touch "$dir/source/below/file"
        edit '.mounts += [{destination: "/mnt", type: "none", source: $source, options: ["rbind"]}]' --arg source "$dir/source"
        observe 'ls /mnt/below'
        same files file "$seen"
        """);

    [Case("config/linux-mount-options/remount")]
    public Task Remount_ChangesTheMount() => Script("""
        edit '.mounts += [{destination: "/mnt", type: "tmpfs", source: "x"},
          {destination: "/mnt", type: "tmpfs", source: "x", options: ["remount", "ro", "size=64k"]}]'
        observe 'cat /proc/self/mountinfo'
        same 'number of mounts' 1 "$(printf '%s\n' "$seen" | awk '$5 == "/mnt"' | wc -l)"
        has options "$(mount_of /mnt)" ro
        """);

    private const string Expectations = """
        expect() {
          options=",$(echo "$line" | cut -d' ' -f6)," system=",$(echo "$line" | sed 's/.* - //' | cut -d' ' -f3),"
          for word in $1; do
            case $word in
              +/*) has "options of the file system" "$system" ",${word#+/}," ;;
              -/*) lacks "options of the file system" "$system" ",${word#-/}," ;;
              +*) has "options of the mount" "$options" ",${word#+}," ;;
              -*) lacks "options of the mount" "$options" ",${word#-}," ;;
            esac
          done
        }
        """;
}
