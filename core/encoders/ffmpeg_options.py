"""Options of ffmpeg and its encoders that name no file, send nothing and run nothing."""

from __future__ import annotations

FLAGS = frozenset(("-noautorotate", "-noautoscale", "-re"))
VALUES = frozenset(
    """
    -c -codec -vcodec -preset -crf -qp -q -qscale -b -maxrate -minrate -bufsize -pix_fmt -profile -level
    -tier -tune -g -keyint_min -bf -b_strategy -refs -sc_threshold -me_range -qmin -qmax -qdiff -qcomp
    -i_qfactor -b_qfactor -color_primaries -color_trc -colorspace -color_range -chroma_sample_location
    -aspect -r -fps_mode -vsync -threads -filter_threads -thread_type -readrate -tag
    -max_muxing_queue_size -strict -field_order -top -hwaccel -hwaccel_output_format -extra_hw_frames
    -global_quality -look_ahead -look_ahead_depth -async_depth -low_power -extbrc -adaptive_i -adaptive_b
    -b_pyramid -mbbrc -rdo -scenario -rc -rc_mode -cq -rc-lookahead -spatial-aq -spatial_aq -temporal-aq
    -temporal_aq -aq-strength -multipass -b_ref_mode -weighted_pred -nonref_p -quality -usage -vbaq
    -preanalysis -compression_level -allow_sw -realtime -constant_bit_rate -power_efficient
    -prio_speed -cpu-used -row-mt -tiles -tile-columns -tile-rows -deadline -lag-in-frames -auto-alt-ref
    -arnr-strength -arnr-maxframes -aq-mode -aq_mode -dolbyvision -forced-idr -a53cc -udu_sei -x264opts
    -x264-params -x265-params -svtav1-params -init_hw_device -filter_hw_device -vaapi_device -vf -filter
    -qvbr_quality_level -qp_i -qp_p -qp_b -highbitdepth -bitdepth -max_b_frames -b_depth -lookahead_level
    -tf_level -preencode
    """.split()
)
